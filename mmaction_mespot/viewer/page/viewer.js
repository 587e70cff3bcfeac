import { CLASSES, Corrections, frameAt } from './corrections.js';
import { framesOf, Loop, magnified, take } from './magnify.js';
import { REGION_COLOURS, Timeline } from './timeline.js';

const CHANGE_RANGE = 32; // grey levels that show as the brightest colour
const FRAMES = ['onset', 'apex', 'offset'];
const SAVE_AFTER_MS = 200;
const byId = (id) => document.getElementById(id);
const video = byId('video');
const peek = byId('peek');

let name = null;    // the chosen video
let result = null;  // its intervals.json
let times = [0];    // time of each frame
let start = 0;      // the player's time at the first frame
let work = null;    // the coder's Corrections
let others = {};    // rows of the other coders, by name
let list = [];      // the rows, as shown
let chosen = null;  // key of the chosen row
let drawing = 0;    // counts the requests for pictures: a later one wins
let opening = 0;    // counts the openings: a later one wins
let timer = null;   // until the next saving
let reviewFrom = null; // first frame of a stretch that is being reviewed
let pictures = Promise.resolve(); // until the crops of the chosen row are drawn
let taken = [];     // frames of the chosen interval for its magnified motion
let saving = Promise.resolve();
const lines = new Map(); // line of the table by key of its row

byId('coder').value = localStorage.getItem('mespot-coder') || 'coder';

async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: { 'X-Mespot': '1', ...(options.headers || {}) } });
  if (!answer.ok) {
    const text = (await answer.json().catch(() => ({}))).error || answer.statusText;
    throw Object.assign(new Error(text), { status: answer.status });
  }
  return answer;
}

function fail(error) {
  byId('error').hidden = !error;
  byId('error').textContent = error ? error.message : '';
}

const guarded = (action) => (...args) => Promise.resolve().then(() => action(...args)).catch(fail);
const place = (wanted) => `/api/results/${encodeURIComponent(wanted)}`;

async function refresh() {
  const { results, jobs } = await (await ask('/api/results')).json();
  const select = byId('name');
  if ([...select.options].map((option) => option.value).join('\n') !== results.join('\n')) {
    select.replaceChildren(...results.map((one) => new Option(one, one, false, one === name)));
  }
  byId('jobs').textContent = jobs.filter((job) => job.state !== 'done')
    .map((job) => `${job.name}: ${job.state}${job.message ? ', ' + job.message : ''}`).join('; ');
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (name === null && results.length) await open(results.includes(wanted) ? wanted : results[0]);
  if (jobs.some((job) => job.state === 'waiting' || job.state === 'running')) setTimeout(guarded(refresh), 1000);
}

async function open(wanted) {
  const mine = ++opening;
  await flush();
  fail(null);
  const [content, stored] = await Promise.all([place(wanted), `${place(wanted)}/corrections`]
    .map(async (path) => (await ask(path)).json()));
  if (mine !== opening) return;
  [name, result, chosen, reviewFrom] = [wanted, content, null, null];
  stopMagnifying();
  const coder = byId('coder').value.trim();
  // Without the video the frame rate has to do.
  times = Array.from({ length: result.video.total_frames }, (_, i) => i / result.video.fps);
  start = 0;
  work = new Corrections(result, times, coder, stored[coder]);
  others = Object.fromEntries(Object.entries(stored).filter(([who]) => who !== coder)
    .map(([who, one]) => [who, new Corrections(result, times, who, one).rows().filter((row) => row.state !== 'rejected')]));
  location.replace(`#${encodeURIComponent(name)}`);
  document.querySelector('main').hidden = false;
  byId('name').value = name;
  drawing += 1;
  for (const key of [...FRAMES, 'motion']) [byId(key).width, byId(key).height] = [1, 1];
  for (const element of [video, peek]) element.src = `/media/${encodeURIComponent(name)}/video`;
  byId('notes').replaceChildren(...result.notes.map((note) => Object.assign(document.createElement('li'), { textContent: note })));
  byId('timeline').style.height = `${170 + 14 * Math.max(Object.keys(others).length, 1)}px`;
  byId('saved').textContent = '';
  byId('moved').replaceChildren();
  timeline.view = [0, result.video.duration_s];
  lines.clear();
  show();
  const exact = await (await ask(`${place(name)}/times`)).json();
  if (mine !== opening) return;
  [times, start] = [exact.time_s, exact.start_s];
  work.times = times;
}

// Saving: one after the other, always the newest.
function changed() {
  clearTimeout(timer);
  timer = setTimeout(guarded(flush), SAVE_AFTER_MS);
  byId('saved').textContent = 'saving ...';
  show();
}

async function flush() {
  if (timer !== null) {
    clearTimeout(timer);
    timer = null;
    const [mine, path] = [work, `${place(name)}/corrections`];
    saving = saving.catch(() => {}).then(async () => {
      const answer = await ask(path, { method: 'PUT', body: JSON.stringify(mine.file()), keepalive: true });
      mine.revision = (await answer.json()).revision;
      byId('saved').textContent = `saved as ${mine.coder}`;
    });
  }
  try {
    await saving;
  } catch (error) {
    byId('saved').textContent = 'not saved';
    throw error;
  }
}

function edit(action) {
  try {
    action();
    fail(null);
    changed();
  } catch (error) {
    show(true);
    fail(error);
  }
}

function show(reset = false) {
  list = work.rows();
  for (const label of CLASSES) {
    byId(`threshold-${label}`).value = work.state.thresholds[label];
    byId(`threshold-${label}`).nextElementSibling.textContent = work.state.thresholds[label].toFixed(3);
  }
  const wanted = byId('filter').value;
  const shown = list.filter((row) => !wanted || row.state === wanted || row.label === wanted);
  const by = byId('sort').value;
  if (by === 'score') shown.sort((a, b) => (b.score ?? 2) - (a.score ?? 2));
  if (by === 'state') shown.sort((a, b) => a.state.localeCompare(b.state));
  byId('count').textContent = `${list.filter((row) => row.state !== 'rejected').length} intervals`;
  const body = byId('intervals').tBodies[0];
  const focused = document.activeElement;
  const next = shown.map((row) => fill(lines.get(row.key) || newLine(row.key), row, reset));
  if (next.length !== body.rows.length || next.some((line, i) => body.rows[i] !== line)) {
    body.replaceChildren(...next);
    if (focused && body.contains(focused)) focused.focus({ preventScroll: true });
  }
  const reviewed = work.state.reviewed.reduce((sum, [first, last]) => sum + last - first + 1, 0) / result.video.fps;
  byId('reviewed').textContent = `${reviewed.toFixed(1)} of ${result.video.duration_s.toFixed(1)} s reviewed`;
  byId('review').textContent = reviewFrom === null ? 'Reviewed from here' : `Reviewed ${work.seconds(reviewFrom).toFixed(2)} s to here`;
  byId('undo').disabled = !work.done.length;
  byId('redo').disabled = !work.undone.length;
  redraw();
}

const reviewedTimes = () => work.state.reviewed.map(([first, last]) => [work.seconds(first), work.seconds(last)]);
const redraw = () => timeline.draw({ reviewed: reviewedTimes(), result, rows: list, others, chosen, thresholds: work.state.thresholds, now: Math.max(video.currentTime - start, 0) });
const current = (key) => list.find((row) => row.key === key);

function newLine(key) {
  const line = document.createElement('tr');
  lines.set(key, line);
  line.insertCell();
  const kind = document.createElement('select');
  kind.append(...CLASSES.map((label) => new Option(label, label)));
  kind.onchange = () => edit(() => work.change(current(key), { label: kind.value }));
  line.insertCell().append(kind);
  for (const field of FRAMES) {
    const input = Object.assign(document.createElement('input'), { type: 'number', min: 0, className: field });
    input.onchange = () => {
      const value = input.value === '' && field === 'apex' ? null : input.value === '' ? NaN : Number(input.value);
      if (current(key) && value !== current(key)[field]) edit(() => work.change(current(key), { [field]: value }));
    };
    line.insertCell().append(input);
  }
  for (const kind2 of ['seconds', 'score', 'state']) line.insertCell().className = kind2;
  const button = (text, title, action) => {
    const made = Object.assign(document.createElement('button'), { textContent: text, title });
    made.onclick = (event) => { event.stopPropagation(); edit(() => action(current(key))); };
    return made;
  };
  line.insertCell().append(button('\u2713', 'Accept (A)', (row) => work.accept(row)), button('\u00d7', 'Reject (X)', (row) => work.reject(row)));
  line.onclick = guarded(() => choose(current(key)));
  return line;
}

// The action units that moved, below the seconds of a row.
function actionUnits(row) {
  const moved = work.moved(row);
  const sides = { left: ' L', right: ' R' };
  return Object.assign(document.createElement('div'), {
    className: 'moved',
    textContent: moved.map((what) => `AU${what.action_units.join('/')}${sides[what.side] || ''}`).join(' '),
    title: moved.map((what) => what.words).join('; '),
  });
}

// Bring a line up to date, without touching a field that is being typed in.
function fill(line, row, reset) {
  line.className = `${row.label} ${row.state}${row.key === chosen ? ' chosen' : ''}`;
  line.querySelector('select').value = row.label;
  for (const field of FRAMES) {
    const input = line.querySelector(`input.${field}`);
    input.max = result.video.total_frames - 1;
    const value = row[field] === null ? '' : String(row[field]);
    const old = input.dataset.value;
    if (reset || old !== value || document.activeElement !== input) [input.value, input.dataset.value] = [value, value];
  }
  line.querySelector('.seconds').replaceChildren(`${row.onset_s.toFixed(2)} - ${row.offset_s.toFixed(2)}`, actionUnits(row));
  const score = line.querySelector('.score');
  const known = row.score !== null && typeof row.probability === 'number';
  score.textContent = row.score === null ? '' : row.score.toFixed(3) + (known ? ` (${Math.round(100 * row.probability)}\u00a0%)` : '');
  score.title = known ? 'score, and the probability that it is an expression' : '';
  const state = line.querySelector('.state');
  state.textContent = row.state;
  state.title = row.state === 'found' ? 'by the spotter' : `by ${work.coder}${row.changed ? ', ' + row.changed : ''}`;
  return line;
}

// The middle of a frame's time on screen, so that no rounding shows the one before.
function seek(element, frame) {
  const next = frame + 1 < times.length ? times[frame + 1] : times[frame] + 1 / result.video.fps;
  element.currentTime = start + (times[frame] + next) / 2;
}

const shownFrame = () => frameAt(times, video.currentTime - start);

function step(count) {
  video.pause();
  seek(video, Math.min(Math.max(shownFrame() + count, 0), times.length - 1));
}

async function choose(row) {
  if (!row) return;
  chosen = row.key;
  stopMagnifying();
  seek(video, row.onset);
  timeline.show(row.onset_s);
  show();
  const line = lines.get(row.key);
  if (line && line.isConnected) {
    const [box, inner] = [byId('scroll').getBoundingClientRect(), line.getBoundingClientRect()];
    if (inner.top < box.top + 24 || inner.bottom > box.bottom) byId('scroll').scrollTop += inner.top - box.top - box.height / 2;
  }
  showMoved(row);
  pictures = drawPictures(row);
  await pictures;
}

// What moved in the interval that the spotter found, in the colours of its curves.
function showMoved(row) {
  byId('moved').replaceChildren(...work.moved(row).map((what, place) => Object.assign(document.createElement('li'), {
    textContent: what.words,
    style: `color: ${REGION_COLOURS[place] || 'inherit'}`,
  })));
}

async function drawPictures(row) {
  const [mine, from] = [++drawing, name];
  const known = result.intervals.findIndex((one) => ['label', ...FRAMES].every((key) => one[key] === row[key]));
  for (const key of FRAMES) {
    const frame = row[key] === null ? row.onset : row[key];
    const picture = known >= 0
      ? await thumbnail(`/media/${encodeURIComponent(from)}/thumbnails/${String(known).padStart(3, '0')}_${key}.jpg`)
        .catch(() => pictureAt(frame))
      : await pictureAt(frame);
    if (mine !== drawing) return;
    const canvas = byId(key);
    canvas.width = picture.width || picture.videoWidth;
    canvas.height = picture.height || picture.videoHeight;
    canvas.getContext('2d').drawImage(picture, 0, 0);
  }
  drawMotion();
}

const thumbnail = async (path) => createImageBitmap(await (await ask(path)).blob());

function pictureAt(frame) {
  return new Promise((resolve, reject) => {
    peek.onseeked = () => resolve(peek);
    peek.onerror = () => reject(new Error('the browser cannot play this video'));
    seek(peek, frame);
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

const loop = new Loop(byId('magnified').querySelector('canvas'));

function stopMagnifying() {
  loop.play([], 0);
  taken = [];
  byId('magnified').hidden = true;
}

// The chosen interval, over and over, its motion enlarged; a second time ends it.
async function magnify() {
  const row = current(chosen);
  if (!row || !byId('magnified').hidden) {
    stopMagnifying();
    return;
  }
  byId('magnified').hidden = false;
  await pictures.catch(() => {}); // they take their frames from the same player
  if (byId('magnified').hidden) return;
  const mine = ++drawing;
  const frames = framesOf(row, times.length, result.video.fps);
  const found = [];
  for (const frame of frames) {
    found.push(take(await pictureAt(frame)));
    if (mine !== drawing) return;
  }
  taken = Object.assign(found, { step: frames.length > 1 ? frames[1] - frames[0] : 1 });
  playMagnified();
}

function playMagnified() {
  if (!taken.length) return;
  loop.play(magnified(taken, Number(byId('factor').value)), (2000 * taken.step) / result.video.fps);
}

function review() {
  if (reviewFrom === null) {
    reviewFrom = shownFrame();
    show();
    return;
  }
  const [first, last] = [reviewFrom, shownFrame()].sort((a, b) => a - b);
  reviewFrom = null;
  edit(() => work.review(first, last));
}

const timeline = new Timeline(byId('timeline'), {
  seek: (time) => seek(video, frameAt(times, time)),
  choose: guarded(choose),
  move: (row, end, time) => edit(() => {
    const frame = frameAt(times, time);
    const fields = end === 'onset' ? { onset: Math.min(frame, row.offset) } : { offset: Math.max(frame, row.onset) };
    if (row.apex !== null) fields.apex = Math.min(Math.max(row.apex, fields.onset ?? row.onset), fields.offset ?? row.offset);
    work.change(row, fields);
  }),
});

for (const label of CLASSES) {
  let before = null;
  byId(`threshold-${label}`).oninput = (event) => {
    if (before === null) before = work.state.thresholds;
    work.state = { ...work.state, thresholds: { ...work.state.thresholds, [label]: Number(event.target.value) } };
    show();
  };
  byId(`threshold-${label}`).onchange = () => {
    if (before === null) return;
    const after = work.state.thresholds;
    work.state = { ...work.state, thresholds: before };
    before = null;
    edit(() => work.commit({ thresholds: after }));
  };
}

const add = () => {
  let id;
  edit(() => { id = work.add(shownFrame()); });
  guarded(choose)(current(id));
};
const turn = (way) => { if (work[way]()) { fail(null); changed(); } };
byId('add').onclick = add;
byId('undo').onclick = () => turn('undo');
byId('redo').onclick = () => turn('redo');
byId('review').onclick = review;
byId('review-whole').onclick = () => edit(() => work.review(0, times.length - 1));
byId('unreview').onclick = () => edit(() => work.unreview(shownFrame()));
byId('magnify').onclick = guarded(magnify);
byId('factor').onchange = () => playMagnified();
byId('back').onclick = () => step(-1);
byId('forward').onclick = () => step(1);
byId('whole').onclick = () => timeline.look(0, result.video.duration_s);
byId('speed').onchange = (event) => { video.playbackRate = Number(event.target.value); };
byId('filter').onchange = () => show();
byId('sort').onchange = () => show();

byId('coder').onchange = guarded(async (event) => {
  const wanted = event.target.value.trim();
  await flush();
  localStorage.setItem('mespot-coder', wanted || 'coder');
  event.target.value = wanted || 'coder';
  if (name) await open(name);
});

byId('export').onclick = guarded(async () => {
  await flush();
  const answer = await ask(`${place(name)}/corrected`, { method: 'POST', body: JSON.stringify({ coder: work.coder }) });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `${name.replaceAll('/', '_')}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
});

byId('import').onchange = guarded(async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  event.target.value = '';
  const { rows } = await (await ask(`${place(name)}/import`, { method: 'POST', body: file })).json();
  for (const row of rows) for (const key of FRAMES) row[`${key}_s`] = work.seconds(row[key]);
  edit(() => work.commit({ rows }));
});

byId('upload').onchange = guarded(async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  await ask(`/api/upload/${encodeURIComponent(file.name)}`, { method: 'POST', body: file });
  event.target.value = '';
  await refresh();
});

byId('name').onchange = guarded((event) => open(event.target.value));

function walk(count) {
  const keys = [...byId('intervals').tBodies[0].rows].map((line) => [...lines].find(([, one]) => one === line)[0]);
  const at = keys.indexOf(chosen);
  return guarded(choose)(current(keys[Math.min(Math.max(at < 0 ? 0 : at + count, 0), keys.length - 1)]));
}

const onChosen = (action) => { const row = current(chosen); if (row) edit(() => action(row)); };
const KEYS = {
  ' ': () => (video.paused ? video.play() : video.pause()),
  ArrowLeft: (event) => step(event.shiftKey ? -10 : -1),
  ArrowRight: (event) => step(event.shiftKey ? 10 : 1),
  n: () => walk(1),
  p: () => walk(-1),
  a: () => onChosen((row) => work.accept(row)),
  x: () => onChosen((row) => work.reject(row)),
  1: () => onChosen((row) => work.change(row, { label: CLASSES[0] })),
  2: () => onChosen((row) => work.change(row, { label: CLASSES[1] })),
  i: () => onChosen((row) => work.change(row, { onset: shownFrame() })),
  k: () => onChosen((row) => work.change(row, { apex: shownFrame() })),
  o: () => onChosen((row) => work.change(row, { offset: shownFrame() })),
  c: add,
  r: review,
  u: () => edit(() => work.unreview(shownFrame())),
  m: guarded(magnify),
  l: () => { byId('loop').checked = !byId('loop').checked; },
  '+': () => timeline.zoom(0.5, video.currentTime - start),
  '-': () => timeline.zoom(2, video.currentTime - start),
};

document.addEventListener('keydown', (event) => {
  if (!work || event.target.closest('input:not([type=range]):not([type=checkbox]), select')) return;
  if (event.ctrlKey || event.metaKey) {
    const way = { z: event.shiftKey ? 'redo' : 'undo', y: 'redo' }[event.key.toLowerCase()];
    if (way) { event.preventDefault(); turn(way); }
    return;
  }
  const action = KEYS[event.key] || KEYS[event.key.toLowerCase()];
  if (!action || event.altKey) return;
  event.preventDefault();
  action(event);
});

function tick() {
  if (!result) return;
  const row = current(chosen);
  if (byId('loop').checked && row && !video.paused && shownFrame() > row.offset) seek(video, row.onset);
  byId('frame').textContent = shownFrame();
  byId('time').textContent = (times[shownFrame()] ?? 0).toFixed(3);
  redraw();
}
for (const kind of ['timeupdate', 'seeked', 'pause']) video.addEventListener(kind, tick);
(function playing() {
  if (result && !video.paused) tick();
  requestAnimationFrame(playing);
}());
video.onerror = guarded(async () => {
  await ask(video.src, { headers: { Range: 'bytes=0-0' } }); // the server says what is wrong, if it knows
  throw new Error('the browser cannot play this video');
});
window.addEventListener('pagehide', () => { if (timer !== null) flush().catch(() => {}); });
guarded(refresh)();
