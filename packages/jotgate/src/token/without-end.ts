/**
 * Takes characters off the end of a text.
 *
 * SECURITY: not by a regular expression such as `/=+$/`, which begins anew at each of them when others
 * stand behind: 64 KiB of a token's text held its reader up for a minute.
 */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
