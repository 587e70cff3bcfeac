// A coder's decisions about the candidates of a video, with undo and redo. Knows no page.

export const CLASSES = ['MaE', 'ME'];
const FIELDS = ['label', 'onset', 'apex', 'offset'];
const sameInterval = (a, b) => FIELDS.every((key) => a[key] === b[key]);
const identity = (row) => FIELDS.map((key) => row[key]).join('-');
const pick = (row, keys) => Object.fromEntries(keys.map((key) => [key, row[key]]));

export class Corrections {
  constructor(result, times, coder, stored) {
    Object.assign(this, { result, times, coder });
    this.revision = stored ? stored.revision : 0;
    this.state = stored ? pick(stored, ['rows', 'thresholds', 'reviewed'])
      : { rows: [], thresholds: { ...result.thresholds }, reviewed: [] };
    this.undone = [];
    this.done = [];
    this.moves = new Map(result.intervals.map((one) => [identity(one), one.moved || []]));
  }

  get total() { return this.result.video.total_frames; }

  seconds(frame) { return frame === null ? null : this.times[Math.min(frame, this.times.length - 1)]; }

  // What moved in the interval that a row was found as; nothing where the spotter did not say.
  moved(row) { return (row.candidate && this.moves.get(identity(row.candidate))) || []; }

  // Rows as the page shows them: what was decided, and every candidate from the thresholds on that nobody touched.
  rows() {
    const chances = new Map(this.result.candidates.map((one) => [identity(one), one.probability ?? null]));
    const decided = this.state.rows.map((row) => ({
      ...row, key: row.id, score: row.candidate ? row.candidate.score : null,
      probability: row.candidate ? chances.get(identity(row.candidate)) ?? null : null,
    }));
    // Equal candidates (of two faces) count once.
    const seen = new Set(this.state.rows.filter((row) => row.candidate).map((row) => identity(row.candidate)));
    const found = [];
    for (const one of this.result.candidates) {
      const id = identity(one);
      if (one.score < this.state.thresholds[one.label] || seen.has(id)) continue;
      seen.add(id);
      found.push({ ...one, key: id, id, state: 'found', candidate: pick(one, [...FIELDS, 'score']) });
    }
    return [...decided, ...found].sort((a, b) => a.onset - b.onset || a.offset - b.offset);
  }

  commit(next) {
    this.done.push(this.state);
    this.undone = [];
    this.state = { ...this.state, ...next };
  }

  undo() { return this.swap(this.done, this.undone); }

  redo() { return this.swap(this.undone, this.done); }

  swap(from, to) {
    if (!from.length) return false;
    to.push(this.state);
    this.state = from.pop();
    return true;
  }

  // Change a row; throws where the frames would not be ordered.
  change(row, fields) {
    const next = { ...row, ...fields };
    const middle = next.apex === null ? next.onset : next.apex;
    const frames = [next.onset, middle, next.offset];
    if (!frames.every(Number.isInteger) || !(next.onset >= 0 && next.onset <= middle && middle <= next.offset && next.offset < this.total)) {
      throw new Error(`expected 0 <= onset <= apex <= offset < ${this.total}`);
    }
    if (!('state' in fields)) next.state = !next.candidate ? 'added' : sameInterval(next, next.candidate) ? 'accepted' : 'corrected';
    this.put(next);
  }

  accept(row) {
    this.put({ ...row, state: !row.candidate ? 'added' : sameInterval(row, row.candidate) ? 'accepted' : 'corrected' });
  }

  // A row that a coder added goes; a candidate stays, as rejected.
  reject(row) {
    if (row.candidate) this.put({ ...row, state: 'rejected' });
    else this.commit({ rows: this.state.rows.filter((one) => one.id !== row.id) });
  }

  put(row) {
    const stored = pick(row, ['id', 'state', ...FIELDS, 'candidate']);
    for (const key of ['onset', 'apex', 'offset']) stored[`${key}_s`] = this.seconds(row[key]);
    Object.assign(stored, { note: row.note || '', changed: new Date().toISOString() });
    this.commit({ rows: [...this.state.rows.filter((one) => one.id !== row.id), stored] });
  }

  add(onset) {
    const until = this.times[onset] + 0.4;
    let offset = onset;
    while (offset + 1 < this.total && this.times[offset + 1] <= until + 1e-6) offset += 1;
    const row = { id: `a${Date.now()}${Math.floor(Math.random() * 1e6)}`, state: 'added', label: 'ME', onset, apex: Math.round((onset + offset) / 2), offset, candidate: null };
    this.put(row);
    return row.id;
  }

  // A stretch was looked at as a whole; stretches that touch become one.
  review(first, last) {
    const joined = [];
    for (const [from, to] of [...this.state.reviewed, [first, last]].sort((a, b) => a[0] - b[0])) {
      const before = joined[joined.length - 1];
      if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to);
      else joined.push([from, to]);
    }
    this.commit({ reviewed: joined });
  }

  // The stretch at a frame was not reviewed after all.
  unreview(frame) {
    const reviewed = this.state.reviewed.filter(([from, to]) => frame < from || frame > to);
    if (reviewed.length === this.state.reviewed.length) throw new Error('this frame lies in no reviewed stretch');
    this.commit({ reviewed });
  }

  file() {
    return { format: 'mmaction_mespot.corrections', version: 1, coder: this.coder, revision: this.revision, ...this.state };
  }
}

// The frame on screen at a time.
export function frameAt(times, time) {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (times[middle] <= time + 1e-4) low = middle; else high = middle - 1;
  }
  return low;
}
