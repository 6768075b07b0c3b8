import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isTenantSnapshot, maximumSnapshotBytes } from '../cloud/tenant-snapshot.ts'
import { isDataError, readTextFile } from '../engine/index.ts'
import { emulatorError } from '../errors.ts'

/** Reads a state that was saved; whoever imports it checks whether it is one. */
export async function readStateFile(file: string): Promise<unknown> {
  const text = await readTextFile(file, maximumSnapshotBytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw emulatorError('ERR_EMULATOR_STATE', { problem: `${file} is not JSON` }, { cause })
  }
}

/** Tells at the start what would fail at the end: a file that holds something else is never replaced. */
export async function checkStateFile(file: string): Promise<void> {
  const isState = await readStateFile(file).then(isTenantSnapshot, (error) => {
    const { cause } = error
    return isDataError(error) && (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
  })
  if (!isState)
    throw emulatorError('ERR_EMULATOR_FILE', { file, reason: 'it is there and is not a state' })
  await rm(await writeDraft(file, ''))
}

/** Writes a state whole or not at all: to another name first, which then takes the file's place. */
export async function writeStateFile(file: string, state: unknown): Promise<void> {
  const draft = await writeDraft(file, `${JSON.stringify(state, undefined, 2)}\n`)
  try {
    await rename(draft, file)
  } catch (cause) {
    await rm(draft, { force: true })
    throw cannotWrite(file, cause)
  }
}

/** For the owner alone: names and e-mail addresses are in it. */
async function writeDraft(file: string, text: string): Promise<string> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`)
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (cause) {
    await rm(draft, { force: true })
    throw cannotWrite(file, cause)
  }
  return draft
}

function cannotWrite(file: string, cause: unknown) {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException
  return emulatorError('ERR_EMULATOR_FILE', { file, reason: code }, { cause })
}
