export type { AppDefinition } from './data/app-definition.ts'
export { readAppFile } from './data/app-file.ts'
export { type DataError, isDataError } from './data/data-error.ts'
export { createMoviesApp, moviesAppId } from './data/movies.ts'
export type { TablePreview } from './data/preview.ts'
export { type EngineUser, parseSectionAccess, type SectionAccess } from './data/section-access.ts'
// What the parts around the engine are written against, whether they name it yet or not.
/** @public */
export type { Engine } from './engine.ts'
export { createEngine, type EngineRequest, type Schedule } from './engine.ts'
/** @public */
export { type EngineMethod, listEngineMethods } from './protocol/dispatch.ts'
