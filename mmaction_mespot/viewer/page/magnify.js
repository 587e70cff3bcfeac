// Motion of an interval made larger, after linear Eulerian magnification (Wu et al. 2012): the difference of
// each frame to the first one, without its fine detail, is added to it several times. Movements of the head
// grow as well.

const [WIDTH, MOST_FRAMES, BLUR_SHARE] = [360, 48, 1 / 45];

// Frames to take: the interval with a fifth of a second around it, at most MOST_FRAMES.
export function framesOf(row, total, fps) {
  const around = Math.round(fps / 5);
  const [first, last] = [Math.max(row.onset - around, 0), Math.min(row.offset + around, total - 1)];
  const step = Math.max(1, Math.ceil((last - first + 1) / MOST_FRAMES));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}

function draw(source, filter) {
  const width = Math.min(WIDTH, source.videoWidth);
  const height = Math.round((width * source.videoHeight) / source.videoWidth);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.filter = filter(width);
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

// One frame as it is, and without its fine detail.
export function take(source) {
  return { sharp: draw(source, () => 'none'), soft: draw(source, (width) => `blur(${Math.max(1, width * BLUR_SHARE)}px)`) };
}

export function magnified(taken, factor) {
  const first = taken[0].soft.data;
  return taken.map(({ sharp, soft }) => {
    const picture = new ImageData(new Uint8ClampedArray(sharp.data), sharp.width, sharp.height);
    for (let i = 0; i < picture.data.length; i += 1) {
      if (i % 4 !== 3) picture.data[i] = sharp.data[i] + (factor - 1) * (soft.data[i] - first[i]);
    }
    return picture;
  });
}

// Plays pictures over and over until it is given others.
export class Loop {
  constructor(canvas) {
    this.canvas = canvas;
    this.timer = null;
  }

  play(pictures, milliseconds) {
    clearInterval(this.timer);
    this.timer = null;
    if (!pictures.length) return;
    [this.canvas.width, this.canvas.height] = [pictures[0].width, pictures[0].height];
    const context = this.canvas.getContext('2d');
    let at = 0;
    const next = () => {
      context.putImageData(pictures[at], 0, 0);
      this.canvas.dataset.picture = at;
      at = (at + 1) % pictures.length;
    };
    next();
    this.timer = setInterval(next, milliseconds);
  }
}
