import { engineError, errorCodes } from '../engine-error.ts'
import { isJsonObject, type Json, numberAt } from '../json.ts'
import { engineLimits } from '../limits.ts'

/** A window on a cube's cells. */
export interface Page {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Reads `NxPage` entries; a coordinate that is left out is 0. */
export function readPages(pages: readonly Json[]): Page[] {
  const { pages: pageLimit, pageCells, answerCells } = engineLimits
  if (pages.length > pageLimit.value)
    throw pagesTooLarge(`${pages.length} pages in one call; ${pageLimit.value} are the most`)
  const read = pages.map((entry) => {
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
    if (page.width * page.height > pageCells.value) {
      const { width, height } = page
      throw pagesTooLarge(`a page of ${width} × ${height} cells; ${pageCells.value} are the most`)
    }
    return page
  })
  const cells = read.reduce((sum, { width, height }) => sum + width * height, 0)
  if (cells > answerCells.value)
    throw pagesTooLarge(`${cells} cells in one call; ${answerCells.value} are the most`)
  return read
}

function pagesTooLarge(message: string): Error {
  return engineError(errorCodes.pagesTooLarge, message, 'qPages')
}

function invalid(message: string): Error {
  return engineError(errorCodes.invalidParameters, message, 'qPages')
}
