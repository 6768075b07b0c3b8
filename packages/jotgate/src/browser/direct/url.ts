/** Reads an address; undefined when it is none. */
export function parseUrl(address: string | URL, base?: string): URL | undefined {
  const text = String(address)
  return URL.canParse(text, base) ? new URL(text, base) : undefined
}
