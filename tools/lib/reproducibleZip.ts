import { unzipSync, zipSync, type Zippable } from 'fflate';

/** MS-DOS time has no zone: the same bytes everywhere. */
const start = (): Date => new Date(1980, 0, 1);
const unix = 3;
/** A regular file that its owner writes and all read. */
const regular = (0o100644 << 16) >>> 0;
/** The same, and all run. */
const program = (0o100755 << 16) >>> 0;

/**
 * Packs a zip archive again so that its bytes follow from the names and contents of its files alone: in the order of
 * their names, without dates, with the same permissions, and compressed in JavaScript, since what zlib gives depends
 * on its version and on the processor.
 *
 * @param programs The names of the files that can be run once they are unpacked.
 * @returns The archive with the same files.
 * @throws FlateError when the bytes are no zip archive.
 */
export function reproducibleZip(archive: Uint8Array, programs: readonly string[] = []): Uint8Array {
  const files = Object.entries(unzipSync(archive)).sort(([a], [b]) => (a < b ? -1 : 1));
  const packed: Zippable = {};
  for (const [name, content] of files) {
    const attrs = programs.includes(name) ? program : regular;
    packed[name] = [content, { level: 9, mtime: start(), os: unix, attrs }];
  }
  return zipSync(packed);
}

/** Reads the files of a zip archive by name. */
export function filesOf(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(archive)));
}
