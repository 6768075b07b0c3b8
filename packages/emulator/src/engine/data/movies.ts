import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type AppDefinition, toAppDefinition } from './app-definition.ts'
import { moviesObjects } from './movies-objects.ts'
import { parseRowObjects } from './row-objects.ts'
import type { SectionAccess } from './section-access.ts'
import { readTextFile } from './text-file.ts'

/** The ID of the app Movies: fixed, so that addresses in examples and tests stay true. */
export const moviesAppId = '6d6f7669-6573-4a6f-8761-746500003201'

/**
 * Makes the default app: 3,201 real films from the npm package vega-datasets (BSD-3-Clause), with
 * the mixed types and many missing values of real data.
 *
 * @param options.sectionAccess who may see which films; none: everyone sees all
 * @example
 * const movies = await createMoviesApp()
 */
export async function createMoviesApp(
  options: { sectionAccess?: SectionAccess } = {},
): Promise<AppDefinition> {
  // The package exports its code only, so its data is found beside its entry file.
  const require = createRequire(import.meta.url)
  const entry = require.resolve('vega-datasets')
  const file = join(dirname(entry), '..', 'data', 'movies.json')
  return toAppDefinition({
    id: moviesAppId,
    name: 'Movies',
    table: parseRowObjects(await readTextFile(file), 'movies.json', 'Movies'),
    // When the package was released; a fixed time keeps the app's layout the same in every run.
    lastReloadTime: '2025-08-07T00:00:00.000Z',
    objects: moviesObjects,
    sectionAccess: options.sectionAccess,
  })
}
