import { engineError, errorCodes } from '../engine-error.ts'
import { isJsonObject, type Json, numberAt } from '../json.ts'

/** A window on a cube's cells. */
export interface Page {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The engine hands out at most this many cells a page. */
export const cellLimit = 10_000

/** Reads `NxPage` entries; a coordinate that is left out is 0. */
export function readPages(pages: readonly Json[]): Page[] {
  return pages.map((entry) => {
    if (!isJsonObject(entry)) throw invalid('a page is not an object')
    const page = {
      left: numberAt(entry, 'qLeft'),
      top: numberAt(entry, 'qTop'),
      width: numberAt(entry, 'qWidth'),
      height: numberAt(entry, 'qHeight'),
    }
    for (const [name, value] of Object.entries(page)) {
      if (!Number.isInteger(value) || value < 0) throw invalid(`a page's ${name} is ${value}`)
    }
    if (page.width * page.height > cellLimit) {
      throw engineError(
        errorCodes.pagesTooLarge,
        `a page of ${page.width} × ${page.height} cells; ${cellLimit} are the most`,
        'qPages',
      )
    }
    return page
  })
}

function invalid(message: string): Error {
  return engineError(errorCodes.invalidParameters, message, 'qPages')
}
