import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Finds a program as a shell would: by its name, in the folders of PATH. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
