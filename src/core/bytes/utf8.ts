// UTF-8 without TextEncoder, which core does not have; for small texts (JSON, names).

/** The UTF-8 bytes of a text; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'));
  const bytes = new Uint8Array(escaped.length);
  let length = 0;
  for (let at = 0; at < escaped.length; at++) {
    if (escaped[at] === '%') {
      bytes[length++] = Number.parseInt(escaped.slice(at + 1, at + 3), 16);
      at += 2;
    } else bytes[length++] = escaped.charCodeAt(at);
  }
  return bytes.slice(0, length);
}

/** The text of UTF-8 bytes. Throws URIError when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (const byte of bytes) {
    parts.push(byte < 0x80 && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`);
  }
  return decodeURIComponent(parts.join(''));
}
