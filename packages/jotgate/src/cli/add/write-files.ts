import { lstat, mkdir, readFile, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createNewFiles, isSystemError, systemCode } from '../../files/index.ts'
import { cliErrors } from '../errors.ts'
import { packageFolder } from '../package-folder.ts'
import type { Framework } from './frameworks.ts'

/**
 * Writes the files of a framework into an application, all or none, and overwrites nothing.
 *
 * @throws ERR_CLI_ADD_EXISTS, ERR_CLI_ADD_WRITE
 */
export async function writeFiles(folder: string, files: Framework['files']): Promise<void> {
  const templates = new URL('templates/', packageFolder)
  const contents = await Promise.all(
    files.map(({ template }) => readFile(new URL(template, templates))),
  )
  const made: string[] = []
  try {
    for (const { target } of files) await makeFolders(dirname(join(folder, target)), made)
    const newFiles = files.map(({ target }) => ({ file: join(folder, target), mode: 0o644 }))
    await (await createNewFiles(newFiles)).write(contents)
  } catch (error) {
    for (const one of made.reverse()) await rmdir(one).catch(() => undefined)
    if (!isSystemError(error)) throw error
    // The same folder may have been filled meanwhile.
    if (error.code === 'EEXIST') await refuseExisting(folder, files)
    throw cliErrors.ERR_CLI_ADD_WRITE({ reason: systemCode(error) }, { cause: error })
  }
}

/**
 * Looks whether any of the files is there already, or whatever else has its name.
 *
 * @throws ERR_CLI_ADD_EXISTS, ERR_CLI_ADD_WRITE
 */
export async function refuseExisting(folder: string, files: Framework['files']): Promise<void> {
  const there: string[] = []
  for (const { target } of files) if (await isThere(join(folder, target))) there.push(target)
  if (there.length > 0) throw cliErrors.ERR_CLI_ADD_EXISTS({ files: there })
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    const reason = systemCode(error)
    if (reason === 'ENOENT') return false
    throw cliErrors.ERR_CLI_ADD_WRITE({ reason }, { cause: error })
  }
}

/** Makes a folder and those above it with the rights that the user's other folders get, and notes which it made. */
async function makeFolders(folder: string, made: string[]): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory()) return
  if (dirname(folder) !== folder) await makeFolders(dirname(folder), made)
  await mkdir(folder)
  made.push(folder)
}
