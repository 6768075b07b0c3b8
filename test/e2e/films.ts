import { readFileSync } from 'node:fs'

interface Film {
  Title: string | number | null
  Distributor: string | null
  'Major Genre': string | null
  'Worldwide Gross': number | null
}

const file = new URL('../../node_modules/vega-datasets/data/movies.json', import.meta.url)

/** The films as the data set has them: what the engine's answers are held against. */
const films = JSON.parse(readFileSync(file, 'utf8')) as Film[]

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
