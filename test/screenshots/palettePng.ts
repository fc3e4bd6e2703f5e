import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** Colours of a picture, 0xRRGGBB, one for each pixel from the upper left to the lower right. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB = 2;
const RGBA = 6;
const PALETTE = 3;
const MOST_COLOURS = 256;

/**
 * Makes a picture of VS Code about a third as large, with a palette: its few colours and the shades of its letters fit
 * into 256, and what does not gets the nearest.
 *
 * @param png Opaque, eight bits a channel, not interlaced, as Chromium writes it.
 * @throws Error for any other.
 */
export function withPalette(png: Buffer): Buffer {
  return animated([{ png, ms: 0 }]);
}

/** A picture of an animation. */
export interface Frame {
  /** As for {@link withPalette}. */
  readonly png: Buffer;
  /** How long it is shown, in ms. */
  readonly ms: number;
}

/**
 * Makes an animated picture (APNG, https://www.w3.org/TR/png-3/#apng-frame-based-animation) with one palette, which is
 * played again and again; of one frame, a picture that stands still.
 *
 * @param frames All of the same size. A program that knows no animation shows the first.
 * @throws Error as {@link withPalette}
 */
export function animated(frames: readonly Frame[]): Buffer {
  const pictures = frames.map(({ png }) => decode(png));
  const [{ width, height } = { width: 0, height: 0 }] = pictures;
  const palette = choosePalette(pictures);
  const chunks = [header(width, height)];
  if (frames.length > 1) chunks.push(chunk('acTL', numbers(frames.length, 0)));
  chunks.push(
    chunk(
      'PLTE',
      Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255])),
    ),
  );
  let sequence = 0;
  pictures.forEach((picture, at) => {
    const data = compressed(picture, palette);
    if (frames.length > 1) chunks.push(chunk('fcTL', frameControl(sequence++, picture, frames[at]?.ms ?? 0)));
    chunks.push(at === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([numbers(sequence++), data])));
  });
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND')]);
}

function header(width: number, height: number): Buffer {
  return chunk('IHDR', Buffer.concat([numbers(width, height), Buffer.from([8, PALETTE, 0, 0, 0])]));
}

/** A whole frame, shown for so long, that replaces the one before. */
function frameControl(sequence: number, { width, height }: Picture, ms: number): Buffer {
  const seconds = Buffer.alloc(4);
  seconds.writeUInt16BE(ms, 0);
  seconds.writeUInt16BE(1000, 2);
  return Buffer.concat([numbers(sequence, width, height, 0, 0), seconds, Buffer.alloc(2)]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => bytes.writeUInt32BE(value, 4 * at));
  return bytes;
}

function compressed({ width, height, pixels }: Picture, palette: readonly number[]): Buffer {
  const indexes = new Map<number, number>();
  const rows = Buffer.alloc((width + 1) * height);
  pixels.forEach((colour, at) => {
    const index = indexes.get(colour) ?? nearest(palette, colour);
    indexes.set(colour, index);
    rows[at + Math.floor(at / width) + 1] = index;
  });
  return deflateSync(rows, { level: 9, memLevel: 9 });
}

/** The most frequent colours, none too near to another: as near as the size of the palette allows. */
function choosePalette(pictures: readonly Picture[]): number[] {
  const counts = new Map<number, number>();
  for (const { pixels } of pictures)
    for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  for (let least = 0; ; least += 4) {
    const palette: number[] = [];
    for (const colour of frequent) {
      const isNew = palette.every((other) => distance(colour, other) > least);
      if (isNew && palette.push(colour) > MOST_COLOURS) break;
    }
    if (palette.length <= MOST_COLOURS) return palette;
  }
}

function nearest(palette: readonly number[], colour: number): number {
  const distances = palette.map((other) => distance(colour, other));
  return distances.indexOf(Math.min(...distances));
}

/** The square of how far two colours are apart. */
function distance(a: number, b: number): number {
  const red = (a >> 16) - (b >> 16);
  const green = ((a >> 8) & 255) - ((b >> 8) & 255);
  const blue = (a & 255) - (b & 255);
  return red * red + green * green + blue * blue;
}

function decode(png: Buffer): Picture {
  const parts: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += png.readUInt32BE(at) + 12) {
    const isData = png.toString('latin1', at + 4, at + 8) === 'IDAT';
    if (isData) parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const [depth, kind = 0, , , interlaced] = png.subarray(24, 29);
  if (depth !== 8 || (kind !== RGB && kind !== RGBA) || interlaced !== 0) throw new Error('Not such a PNG.');
  const size = kind === RGB ? 3 : 4;
  const bytes = unfilter(inflateSync(Buffer.concat(parts)), width * size, size);
  const pixels = new Uint32Array(width * height).map((_, at) => bytes.readUIntBE(at * size, 3));
  return { width, height, pixels };
}

/** Undoes the filter of each row: https://www.w3.org/TR/png-3/#9Filters */
function unfilter(filtered: Buffer, length: number, size: number): Buffer {
  const height = filtered.length / (length + 1);
  const bytes = Buffer.alloc(length * height);
  const byte = (row: number, column: number): number =>
    row < 0 || column < 0 ? 0 : (bytes[row * length + column] ?? 0);
  for (let row = 0; row < height; row += 1) {
    const filter = filtered[row * (length + 1)] ?? 0;
    for (let column = 0; column < length; column += 1) {
      const left = byte(row, column - size);
      const up = byte(row - 1, column);
      const upLeft = byte(row - 1, column - size);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)][filter] ?? 0;
      bytes[row * length + column] = (filtered[row * (length + 1) + 1 + column] ?? 0) + guess;
    }
  }
  return bytes;
}

function paeth(left: number, up: number, upLeft: number): number {
  const guess = left + up - upLeft;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - upLeft)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : upLeft;
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
