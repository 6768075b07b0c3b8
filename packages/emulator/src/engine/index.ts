export type { AppDefinition } from './data/app-definition.ts'
export { readAppFile } from './data/app-file.ts'
export { type DataError, isDataError } from './data/data-error.ts'
export { createMoviesApp, moviesAppId } from './data/movies.ts'
export type { TablePreview } from './data/preview.ts'
export { type EngineUser, parseSectionAccess, type SectionAccess } from './data/section-access.ts'
export {
  type CutOptions,
  createEngine,
  type Engine,
  type EngineRequest,
  type Schedule,
} from './engine.ts'
export { type EngineMethod, listEngineMethods } from './protocol/dispatch.ts'
