// A canvas over time that zooms and scrolls: scores, thresholds, labels, intervals, other coders.
import { CLASSES } from './corrections.js';

export const COLOURS = { MaE: '#0072B2', ME: '#D55E00' };
export const REGION_COLOURS = ['#009E73', '#CC79A7', '#8A7B00'];
const [AXIS, TOP, CURVES, LANE, GRAB] = [18, 20, 90, 15, 6];
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600];

export class Timeline {
  // `on`: seek(time), choose(row), move(row, end, time)
  constructor(canvas, on) {
    Object.assign(this, { canvas, on, view: [0, 1], data: null, drag: null });
    canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    canvas.addEventListener('pointerdown', (event) => this.down(event));
    canvas.addEventListener('pointermove', (event) => this.motion(event));
    canvas.addEventListener('pointerup', (event) => this.up(event));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  get duration() { return this.data.result.video.duration_s; }

  get width() { return this.canvas.clientWidth || 1; }

  x(time) { return ((time - this.view[0]) / (this.view[1] - this.view[0])) * this.width; }

  time(x) { return this.view[0] + (x / this.width) * (this.view[1] - this.view[0]); }

  look(from, to) {
    const span = Math.min(Math.max(to - from, 0.2), this.duration);
    const start = Math.min(Math.max(from, 0), this.duration - span);
    this.view = [start, start + span];
    this.draw();
  }

  zoom(factor, at = (this.view[0] + this.view[1]) / 2) {
    const [from, to] = this.view;
    this.look(at - (at - from) * factor, at + (to - at) * factor);
  }

  show(time) {
    const [from, to] = this.view;
    if (time < from || time > to) this.look(time - (to - from) / 2, time + (to - from) / 2);
  }

  wheel(event) {
    if (!this.data) return;
    event.preventDefault();
    const delta = event.deltaY || event.deltaX;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const shift = (Math.sign(delta) * (this.view[1] - this.view[0])) / 10;
      this.look(this.view[0] + shift, this.view[1] + shift);
    } else this.zoom(delta > 0 ? 1.25 : 0.8, this.time(event.offsetX));
  }

  laneTop(label) { return AXIS + TOP + CURVES + 4 + LANE * CLASSES.indexOf(label); }

  // The row below a place, and its end if that is near.
  hit(x, y) {
    let best = null;
    for (const row of this.data.rows) {
      const top = this.laneTop(row.label);
      const [left, right] = [this.x(row.onset_s), this.x(row.offset_s)];
      if (y < top || y > top + LANE || x < left - GRAB || x > right + GRAB) continue;
      const ends = [['onset', Math.abs(x - left)], ['offset', Math.abs(x - right)]].sort((a, b) => a[1] - b[1]);
      const end = right - left > 2 * GRAB && ends[0][1] <= GRAB ? ends[0][0] : null;
      const distance = Math.abs(x - (left + right) / 2);
      if (!best || distance < best.distance) best = { row, end, distance };
    }
    return best;
  }

  down(event) {
    if (!this.data) return;
    const [x, y] = [event.offsetX, event.offsetY];
    this.canvas.setPointerCapture(event.pointerId);
    this.drag = { x, from: this.view, moved: false, hit: this.hit(x, y) };
  }

  motion(event) {
    if (!this.data) return;
    const { drag } = this;
    if (!drag) {
      const over = this.hit(event.offsetX, event.offsetY);
      this.canvas.style.cursor = over && over.end ? 'ew-resize' : 'pointer';
      return;
    }
    if (Math.abs(event.offsetX - drag.x) > 3) drag.moved = true;
    if (!drag.moved) return;
    if (drag.hit && drag.hit.end) {
      drag.time = this.time(event.offsetX);
      this.draw();
    } else {
      const shift = ((drag.x - event.offsetX) / this.width) * (drag.from[1] - drag.from[0]);
      this.look(drag.from[0] + shift, drag.from[1] + shift);
    }
  }

  up(event) {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    if (!drag.moved) {
      if (drag.hit) this.on.choose(drag.hit.row);
      else this.on.seek(this.time(event.offsetX));
    } else if (drag.hit && drag.hit.end) this.on.move(drag.hit.row, drag.hit.end, this.time(event.offsetX));
    this.draw();
  }

  draw(data = this.data) {
    this.data = data;
    if (!data) return;
    const { canvas, width } = this;
    const ratio = window.devicePixelRatio || 1;
    const height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.axis(context, height);
    const bar = (row, top, tall) => {
      const left = this.x(row.onset_s);
      const right = this.x(row.offset_s);
      if (right >= 0 && left <= width) context.fillRect(left, top, Math.max(2, right - left), tall);
    };
    context.fillStyle = '#8FBC8F';
    for (const [from, to] of data.reviewed) {
      const left = Math.max(this.x(from), 0);
      context.fillRect(left, AXIS - 4, Math.max(Math.min(this.x(to), width) - left, 0), 4);
    }
    context.fillStyle = '#5F5F5F';
    for (const row of data.result.ground_truth || []) bar(row, AXIS + 9 * CLASSES.indexOf(row.label), 7);
    for (const label of CLASSES) this.curve(context, label);
    this.regions(context);
    for (const row of data.rows) {
      const moved = this.drag && this.drag.hit && this.drag.hit.row === row && this.drag.time !== undefined
        ? { ...row, [`${this.drag.hit.end}_s`]: this.drag.time } : row;
      const chosen = row.key === data.chosen;
      context.globalAlpha = row.state === 'rejected' ? 0.2 : row.state === 'found' ? 0.6 : 1;
      context.fillStyle = COLOURS[row.label];
      bar(moved, this.laneTop(row.label), LANE - 3);
      context.globalAlpha = 1;
      if (chosen) {
        context.strokeStyle = '#000';
        const left = this.x(moved.onset_s);
        context.strokeRect(left - 1, this.laneTop(row.label) - 1, Math.max(2, this.x(moved.offset_s) - left) + 2, LANE - 1);
      }
    }
    let top = this.laneTop('ME') + LANE + 4;
    for (const [coder, rows] of Object.entries(data.others)) {
      for (const row of rows) {
        context.fillStyle = COLOURS[row.label];
        bar(row, top, 9);
      }
      context.fillStyle = '#333';
      context.fillText(coder, 4, top + 9);
      top += 14;
    }
    context.fillStyle = '#000';
    context.fillRect(this.x(data.now) - 0.75, 0, 1.5, height);
  }

  axis(context, height) {
    const span = this.view[1] - this.view[0];
    const step = STEPS.find((one) => (one / span) * this.width >= 70) || 3600;
    context.font = '11px system-ui, sans-serif';
    for (let k = Math.ceil(this.view[0] / step); k * step <= this.view[1]; k += 1) {
      const time = k * step;
      context.fillStyle = '#e6e6e6';
      context.fillRect(this.x(time), 0, 1, height);
      context.fillStyle = '#333';
      const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
      const text = this.duration < 120 ? `${time.toFixed(digits)} s`
        : `${Math.floor(time / 60)}:${(time % 60).toFixed(digits).padStart(digits ? 3 + digits : 2, '0')}`;
      context.fillText(text, this.x(time) + 3, 11);
    }
  }

  // How far each region was displaced during the intervals; the top is the largest displacement of the video.
  regions(context) {
    const moving = this.data.result.intervals.filter((one) => (one.moved || []).length
      && one.offset_s >= this.view[0] && one.onset_s <= this.view[1]);
    const largest = Math.max(...this.data.result.intervals.flatMap((one) => (one.moved || []).map((what) => what.displacement_iod)), 1e-9);
    for (const one of moving) {
      one.moved.slice(0, REGION_COLOURS.length).forEach((what, place) => {
        context.strokeStyle = REGION_COLOURS[place];
        context.beginPath();
        what.curve_iod.forEach((value, i) => context.lineTo(this.x(one.moved_time_s[i]), AXIS + TOP + CURVES * (1 - value / largest)));
        context.stroke();
      });
    }
  }

  curve(context, label) {
    const { time_s: times, [label]: values } = this.data.result.curves;
    const y = (score) => AXIS + TOP + CURVES * (1 - score);
    context.strokeStyle = COLOURS[label];
    context.beginPath();
    // One point per pixel, its highest score, so that an hour draws as fast as a minute.
    let [column, high] = [null, 0];
    for (let i = 0; i < times.length; i += 1) {
      if (times[i] < this.view[0] || times[i] > this.view[1]) continue;
      const here = Math.round(this.x(times[i]));
      if (here !== column && column !== null) {
        context.lineTo(column, y(high));
        high = 0;
      }
      column = here;
      high = Math.max(high, values[i]);
    }
    if (column !== null) context.lineTo(column, y(high));
    context.stroke();
    context.setLineDash([6, 5]);
    context.strokeRect(0, y(this.data.thresholds[label]), this.width, 0);
    context.setLineDash([]);
  }
}
