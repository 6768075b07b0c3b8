/**
 * Fills in what a built page cannot know: below which path it stands, and what the server says to it, in its
 * element `#page-data`.
 *
 * @param page.base what stands in front of the server's own paths, such as `/jwt`; empty at the root
 * @param page.data anything that is JSON
 */
export function fillPage(html: string, { base, data }: { base: string; data: object }): string {
  // Inside <script> only `<` could end the element or begin a comment.
  const json = JSON.stringify({ base, ...data }).replaceAll('<', '\\u003c')
  return html
    .replaceAll('="/assets/', () => `="${base}/assets/`)
    .replace(/(<script type="application\/json" id="page-data">)[^<]*/, (_all, tag) => tag + json)
}
