import { readFileSync } from 'node:fs'

export interface Film {
  Title: string | number | null
  Distributor: string | null
  'Major Genre': string | null
  'Worldwide Gross': number | null
  'US Gross': number | null
  'MPAA Rating': string | null
  'IMDB Rating': number | null
  'Creative Type': string | null
}

const file = new URL('../../node_modules/vega-datasets/data/movies.json', import.meta.url)

/** The films as the data set has them: what the engine's answers are held against. */
const films = JSON.parse(readFileSync(file, 'utf8')) as Film[]

/** How many films with a title there are for each value of a field, as a plain loop counts them. */
export function countBy(field: keyof Film, isSeen: (film: Film) => boolean): Map<string, number> {
  const counts = new Map<string, number>()
  for (const film of films) {
    const value = film[field]
    if (value === null || film.Title === null || !isSeen(film)) continue
    counts.set(String(value), (counts.get(String(value)) ?? 0) + 1)
  }
  return counts
}

/** Sums of a field by another, as a plain loop adds them up. */
export function sumBy(
  field: keyof Film,
  summed: 'Worldwide Gross' | 'US Gross',
  isSeen: (film: Film) => boolean,
): Map<string, number> {
  const sums = new Map<string, number>()
  for (const film of films) {
    const value = film[field]
    if (value === null || !isSeen(film)) continue
    sums.set(String(value), (sums.get(String(value)) ?? 0) + (film[summed] ?? 0))
  }
  return sums
}

/** Worldwide gross by genre over the films of some distributors, as a plain loop adds it up. */
export function grossByGenre(distributors: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const film of films) {
    if (!film.Distributor || !distributors.includes(film.Distributor)) continue
    const genre = film['Major Genre']
    if (genre === null) continue
    sums.set(genre, (sums.get(genre) ?? 0) + (film['Worldwide Gross'] ?? 0))
  }
  return sums
}
