import { crc32, deflateRawSync } from 'node:zlib';

/** 1 January 1980, the first day that the format knows: the same file gives the same archive. */
const date = 0x21;
/** A regular file that everybody may read, as Lambda's user must. */
const readable = 0o100644 << 16;

/** A ZIP archive of one file, as Lambda takes it (APPNOTE.TXT, sections 4.3 and 4.4). */
export function zipFile(name: string, content: Buffer): Buffer {
  const path = Buffer.from(name);
  const packed = deflateRawSync(content, { level: 9 });
  // Version needed, flags (names in UTF-8), method, time, date, checksum, sizes, lengths.
  const about = Buffer.alloc(26);
  about.writeUInt16LE(20, 0);
  about.writeUInt16LE(0x800, 2);
  about.writeUInt16LE(8, 4);
  about.writeUInt16LE(date, 8);
  about.writeUInt32LE(crc32(content), 10);
  about.writeUInt32LE(packed.length, 14);
  about.writeUInt32LE(content.length, 18);
  about.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, path, packed]);

  // Made by Unix; no comment, disk 0, and the file begins at 0.
  const rights = Buffer.alloc(14);
  rights.writeUInt32LE(readable >>> 0, 6);
  const directory = Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), about, rights, path]);

  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}
