/**
 * Makes text of another system fit for a log or an error: one line, at most 300 characters, without the
 * secrets that were sent and without anything that looks like a token.
 *
 * @param secrets tokens, keys and cookies that must not come back; those under 8 characters are too
 * common to be looked for
 */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text.slice(0, 4096)
  // The parts of a token one by one: an answer may quote its payload or its signature alone.
  const parts = secrets.flatMap((secret) => [secret, ...secret.split('.')])
  for (const part of parts) if (part.length >= 8) clean = clean.replaceAll(part, '[secret]')
  return clean
    .replaceAll(/eyJ[\w-]{8,}(\.[\w-]*)*/g, '[secret]')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 300)
}
