'use strict';

const CLASSES = ['MaE', 'ME'];
const COLOURS = { MaE: '#0072B2', ME: '#D55E00' };
const CHANGE_RANGE = 32; // grey levels that show as the brightest colour
const byId = (id) => document.getElementById(id);
const video = byId('video');
const peek = byId('peek');

let name = null;      // the chosen video
let result = null;    // its intervals.json
let edited = [];      // rows that a person changed or added
let removed = new Set(); // places of candidates that a person took out or replaced
let chosen = null;    // the row that is shown
let drawing = 0;      // counts the requests for pictures: a later one wins

async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: { 'X-Mespot': '1', ...(options.headers || {}) } });
  if (!answer.ok) {
    const text = (await answer.json().catch(() => ({}))).error || answer.statusText;
    throw new Error(text);
  }
  return answer;
}

function fail(error) {
  byId('error').hidden = !error;
  byId('error').textContent = error ? error.message : '';
}

const guarded = (action) => (...args) => Promise.resolve(action(...args)).catch(fail);

async function refresh() {
  const { results, jobs } = await (await ask('/api/results')).json();
  const select = byId('name');
  if ([...select.options].map((option) => option.value).join('\n') !== results.join('\n')) {
    select.replaceChildren(...results.map((one) => new Option(one, one, false, one === name)));
  }
  byId('jobs').textContent = jobs.filter((job) => job.state !== 'done')
    .map((job) => `${job.name}: ${job.state}${job.message ? ', ' + job.message : ''}`).join('; ');
  if (name === null && results.length) await open(results[0]);
  if (jobs.some((job) => job.state === 'waiting' || job.state === 'running')) setTimeout(guarded(refresh), 1000);
}

async function open(wanted) {
  fail(null);
  const content = await (await ask(`/api/results/${encodeURIComponent(wanted)}`)).json();
  name = wanted;
  result = content;
  edited = [];
  removed = new Set();
  chosen = null;
  document.querySelector('main').hidden = false;
  byId('name').value = name;
  for (const element of [video, peek]) element.src = `/media/${encodeURIComponent(name)}/video`;
  for (const label of CLASSES) {
    byId(`threshold-${label}`).value = result.thresholds[label];
    byId(`threshold-${label}`).nextElementSibling.textContent = result.thresholds[label].toFixed(3);
  }
  byId('notes').replaceChildren(...result.notes.map((note) => Object.assign(document.createElement('li'), { textContent: note })));
  show();
}

const threshold = (label) => Number(byId(`threshold-${label}`).value);
const seconds = (frame) => {
  // Times of the frames are those of the curve where it is as dense as the frames, else by the frame rate.
  const { time_s: times } = result.curves;
  return times.length === result.video.total_frames ? times[frame] : frame / result.video.fps;
};

function rows() {
  const found = result.candidates
    .map((candidate, place) => ({ ...candidate, place }))
    .filter((row) => !removed.has(row.place) && row.score >= threshold(row.label));
  return [...found, ...edited].sort((a, b) => a.onset - b.onset || a.offset - b.offset);
}

function show() {
  const list = rows();
  byId('count').textContent = `${list.length} intervals`;
  const body = byId('intervals').tBodies[0];
  body.replaceChildren(...list.map(tableRow));
  drawTimeline(list);
}

function tableRow(row) {
  const line = document.createElement('tr');
  line.className = `${row.label}${row.place === undefined ? ' edited' : ''}${same(row, chosen) ? ' chosen' : ''}`;
  line.insertCell();
  const kind = document.createElement('select');
  kind.append(...CLASSES.map((label) => new Option(label, label, false, label === row.label)));
  kind.onchange = () => change(row, { label: kind.value });
  line.insertCell().append(kind);
  for (const key of ['onset', 'apex', 'offset']) {
    const input = Object.assign(document.createElement('input'), { type: 'number', min: 0, value: row[key] });
    input.max = result.video.total_frames - 1;
    input.className = key;
    input.onchange = () => change(row, { [key]: Math.round(Number(input.value)) });
    line.insertCell().append(input);
  }
  line.insertCell().textContent = `${row.onset_s.toFixed(2)} - ${row.offset_s.toFixed(2)}`;
  line.insertCell().textContent = row.score === null ? '' : row.score.toFixed(3);
  const drop = Object.assign(document.createElement('button'), { textContent: '\u00d7', title: 'Take out' });
  drop.onclick = (event) => { event.stopPropagation(); take(row); show(); };
  line.insertCell().append(drop);
  line.onclick = guarded(() => choose(row));
  return line;
}

const same = (a, b) => a !== null && b !== null && a.onset === b.onset && a.offset === b.offset && a.label === b.label;

function take(row) {
  if (row.place === undefined) edited = edited.filter((other) => other !== row);
  else removed.add(row.place);
}

function change(row, fields) {
  // An input that has just left the table tells its change once more.
  if (row.place === undefined ? !edited.includes(row) : removed.has(row.place)) return;
  const next = { ...row, ...fields };
  if (!(next.onset >= 0 && next.onset <= next.apex && next.apex <= next.offset && next.offset < result.video.total_frames)) {
    fail(new Error(`expected 0 <= onset <= apex <= offset < ${result.video.total_frames}`));
    show();
    return;
  }
  fail(null);
  take(row);
  delete next.place;
  for (const key of ['onset', 'apex', 'offset']) next[`${key}_s`] = seconds(next[key]);
  edited.push(next);
  guarded(choose)(next);
}

async function choose(row) {
  chosen = row;
  video.currentTime = row.onset_s;
  show();
  await drawPictures(row);
}

async function drawPictures(row) {
  const mine = ++drawing;
  const place = result.intervals.findIndex((interval) => same(interval, row) && interval.apex === row.apex);
  for (const key of ['onset', 'apex', 'offset']) {
    const picture = place >= 0
      ? await thumbnail(`/media/${encodeURIComponent(name)}/thumbnails/${String(place).padStart(3, '0')}_${key}.jpg`)
        .catch(() => frameAt(row[`${key}_s`]))
      : await frameAt(row[`${key}_s`]);
    if (mine !== drawing) return;
    const canvas = byId(key);
    canvas.width = picture.width || picture.videoWidth;
    canvas.height = picture.height || picture.videoHeight;
    canvas.getContext('2d').drawImage(picture, 0, 0);
  }
  drawMotion();
}

const thumbnail = async (path) => createImageBitmap(await (await ask(path)).blob());

function frameAt(time) {
  return new Promise((resolve, reject) => {
    peek.onseeked = () => resolve(peek);
    peek.onerror = () => reject(new Error('the browser cannot play this video'));
    peek.currentTime = time + 0.5 / result.video.fps;
  });
}

function greys(canvas) {
  const soft = new OffscreenCanvas(canvas.width, canvas.height);
  const context = soft.getContext('2d');
  context.filter = `blur(${Math.max(1, canvas.width / 80)}px)`;
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const values = new Float32Array(data.length / 4);
  for (let i = 0; i < values.length; i += 1) values[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  const middle = Float32Array.from(values).sort()[values.length >> 1];
  return values.map((value) => value - middle);
}

function drawMotion() {
  const [before, after, canvas] = [byId('onset'), byId('apex'), byId('motion')];
  canvas.width = before.width;
  canvas.height = before.height;
  const [first, second] = [greys(before), greys(after)];
  const context = canvas.getContext('2d');
  const picture = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < first.length; i += 1) {
    const strength = Math.min(Math.abs(second[i] - first[i]) / CHANGE_RANGE, 1);
    picture.data.set([255 * Math.min(1, 1.6 * strength), 255 * strength ** 2, 90 * Math.sin(Math.PI * strength) + 255 * strength ** 4, 255], 4 * i);
  }
  context.putImageData(picture, 0, 0);
}

function drawTimeline(list) {
  const canvas = byId('timeline');
  const context = canvas.getContext('2d');
  const { width, height } = canvas;
  const x = (time) => (time / result.video.duration_s) * width;
  const y = (score) => 122 - 84 * score;
  context.clearRect(0, 0, width, height);
  for (const label of CLASSES) {
    context.strokeStyle = COLOURS[label];
    context.beginPath();
    result.curves.time_s.forEach((time, i) => context.lineTo(x(time), y(result.curves[label][i])));
    context.stroke();
    context.setLineDash([6, 5]);
    context.strokeRect(0, y(threshold(label)), width, 0);
    context.setLineDash([]);
  }
  const bar = (row, top, tall) => context.fillRect(x(row.onset_s), top, Math.max(3, x(row.offset_s) - x(row.onset_s)), tall);
  context.fillStyle = '#5F5F5F';
  for (const row of result.ground_truth || []) bar(row, 6 + 12 * CLASSES.indexOf(row.label), 9);
  for (const row of list) {
    context.fillStyle = COLOURS[row.label];
    bar(row, 130 + 18 * CLASSES.indexOf(row.label), same(row, chosen) ? 17 : 12);
  }
  context.fillStyle = '#000';
  context.fillRect(x(video.currentTime), 0, 1.5, height);
}

byId('timeline').onclick = guarded(async (event) => {
  const box = event.target.getBoundingClientRect();
  const time = ((event.clientX - box.left) / box.width) * result.video.duration_s;
  const hit = rows().find((row) => row.onset_s <= time && time <= row.offset_s);
  if (hit) await choose(hit);
  else video.currentTime = time;
});

for (const label of CLASSES) {
  byId(`threshold-${label}`).oninput = (event) => {
    event.target.nextElementSibling.textContent = threshold(label).toFixed(3);
    show();
  };
}

byId('add').onclick = guarded(async () => {
  const onset = Math.min(Math.round(video.currentTime * result.video.fps), result.video.total_frames - 1);
  const offset = Math.min(onset + Math.round(0.4 * result.video.fps), result.video.total_frames - 1);
  const row = { label: 'ME', score: null, onset, apex: Math.round((onset + offset) / 2), offset };
  for (const key of ['onset', 'apex', 'offset']) row[`${key}_s`] = seconds(row[key]);
  edited.push(row);
  await choose(row);
});

byId('export').onclick = guarded(async () => {
  const path = `/api/results/${encodeURIComponent(name)}`;
  const old = (await (await ask(`${path}/corrections`)).json()).viewer;
  const add = ({ label, onset, apex, offset, onset_s, apex_s, offset_s }, i) =>
    ({ id: `a${i}`, state: 'added', label, onset, apex, offset, onset_s, apex_s, offset_s, candidate: null });
  const drop = (place) => {
    const { label, onset, apex, offset, onset_s, apex_s, offset_s, score } = result.candidates[place];
    const candidate = { label, onset, apex, offset, score };
    return { id: `c${place}`, state: 'rejected', label, onset, apex, offset, onset_s, apex_s, offset_s, candidate };
  };
  const content = {
    format: 'mmaction_mespot.corrections', version: 1, coder: 'viewer', revision: old ? old.revision : 0,
    thresholds: { MaE: threshold('MaE'), ME: threshold('ME') }, reviewed: [],
    rows: [...edited.map(add), ...[...removed].map(drop)],
  };
  await ask(`${path}/corrections`, { method: 'PUT', body: JSON.stringify(content) });
  const answer = await ask(`${path}/corrected`, { method: 'POST', body: JSON.stringify({ coder: 'viewer' }) });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
});

byId('upload').onchange = guarded(async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  await ask(`/api/upload/${encodeURIComponent(file.name)}`, { method: 'POST', body: file });
  event.target.value = '';
  await refresh();
});

byId('name').onchange = guarded((event) => open(event.target.value));
video.ontimeupdate = () => { if (result) drawTimeline(rows()); };
video.onerror = guarded(async () => {
  await ask(video.src, { headers: { Range: 'bytes=0-0' } }); // the server says what is wrong, if it knows
  throw new Error('the browser cannot play this video');
});
guarded(refresh)();
