const CENTRAL_ENTRY = Buffer.from("PK\x01\x02", "latin1");
const NAME_LENGTH_AT = 28;
const NAME_AT = 46;

/** Names of the files in an archive, from its central directory. */
export function namesInZip(zip: Buffer): string[] {
  const names: string[] = [];
  let at = zip.indexOf(CENTRAL_ENTRY);
  while (at >= 0) {
    const end = at + NAME_AT + zip.readUInt16LE(at + NAME_LENGTH_AT);
    names.push(zip.toString("utf8", at + NAME_AT, end));
    at = zip.indexOf(CENTRAL_ENTRY, end);
  }
  return names;
}
