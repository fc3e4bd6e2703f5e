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
  const { width, height, pixels } = decode(png);
  const indexes = new Map<number, number>();
  const palette = choosePalette(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  pixels.forEach((colour, at) => {
    const index = indexes.get(colour) ?? nearest(palette, colour);
    indexes.set(colour, index);
    rows[at + Math.floor(at / width) + 1] = index;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, PALETTE], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const data = deflateSync(rows, { level: 9, memLevel: 9 });
  const chunks = [chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', data), chunk('IEND')];
  return Buffer.concat([SIGNATURE, ...chunks]);
}

/** The most frequent colours, none too near to another: as near as the size of the palette allows. */
function choosePalette(pixels: Uint32Array): number[] {
  const counts = new Map<number, number>();
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
