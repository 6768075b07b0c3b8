/**
 * Whether a string looks like a token, a key or JSON: where the name of a file or of a variable belongs, it
 * was put there by mistake, and must not be repeated in an error.
 */
export function looksSecret(text: string): boolean {
  return (
    /[\r\n\0]|-----BEGIN/.test(text) ||
    // JSON, such as a JWK or a kept session.
    /^\s*(\{\s*["}]|\[\s*["{[\]])/.test(text) ||
    // A JWT or an API key, whole or cut off.
    /(^|[\s"'=])(Bearer\s+)?eyJ[\w-]{10,}/i.test(text) ||
    // The beginnings of DER and of PEM in base64.
    /(^|[\s"'=])(MI[A-Za-z0-9]{2}|LS0t)[\w+/-]{40,}/.test(text) ||
    runs(text).some(isRandom)
  )
}

/** Where base64 has only letters and digits; a path has these runs between its separators. */
const runs = (text: string) => text.match(/[A-Za-z0-9+]{24,}/g) ?? []

/**
 * Random letters and digits change their kind at more than half of the places, the words of a name at fewer
 * than a third, however they are put together.
 */
function isRandom(run: string): boolean {
  if (!/[A-Z]/.test(run) || !/[a-z]/.test(run) || !/\d/.test(run)) return false
  const kinds = run.replace(/[A-Z]/g, 'A').replace(/[a-z]/g, 'a').replace(/\d/g, '0')
  const changes = [...kinds].filter((kind, index) => index > 0 && kind !== kinds[index - 1])
  return changes.length / (run.length - 1) > 0.42
}
