const uuid = /(^|[_-])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/**
 * Whether a string looks generated, not given to somebody: a UUID, or 32 characters and more of
 * hexadecimal or base64url without a word in them.
 */
export function looksRandom(text: string): boolean {
  if (uuid.test(text) || /^[0-9a-f]{32,}$/i.test(text)) return true
  return (
    /^[A-Za-z0-9_-]{32,}$/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text)
  )
}

export function endsInUuid(value: unknown): boolean {
  return typeof value === 'string' && uuid.test(value)
}
