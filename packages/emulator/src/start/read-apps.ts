import {
  type AppDefinition,
  createMoviesApp,
  parseSectionAccess,
  readAppFile,
  readTextFile,
} from '../engine/index.ts'
import { emulatorError } from '../errors.ts'

/** Movies, or an app for each data file; the access table holds for each of them. */
export async function readApps(
  files: readonly string[],
  sectionAccessFile: string | undefined,
): Promise<AppDefinition[]> {
  if (files.length === 0) {
    if (sectionAccessFile === undefined) return [await createMoviesApp()]
    const text = await readTextFile(sectionAccessFile)
    return [await createMoviesApp({ sectionAccess: parseSectionAccess(text, sectionAccessFile) })]
  }
  const options = sectionAccessFile === undefined ? {} : { sectionAccessFile }
  const apps = await Promise.all(files.map((path) => readAppFile(path, options)))
  const ids = apps.map((app) => app.id)
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  const [id, path] = [ids[twice], files[twice]]
  if (id !== undefined && path !== undefined)
    throw emulatorError('ERR_EMULATOR_APP_ID', { id, file: path })
  return apps
}
