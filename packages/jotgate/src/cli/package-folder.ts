/** The folder of this package: its description and what it carries beside the code. */
export const packageFolder = new URL('../../', import.meta.url)
