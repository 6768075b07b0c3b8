// `jotgate add` by the real bin: at a terminal, and where the system refuses to write.
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Command, createCommand } from './command.ts'
import { hasTerminals, sitAt } from './terminal.ts'

const bin = fileURLToPath(new URL('../../packages/jotgate/bin/jotgate.js', import.meta.url))

async function createApplication(): Promise<Command> {
  const command = await createCommand()
  onTestFinished(() => command.close())
  const description = { dependencies: { express: '^5.3.0' } }
  await writeFile(join(command.folder, 'package.json'), JSON.stringify(description))
  return command
}

const filesOf = async ({ folder }: Command) => (await readdir(folder, { recursive: true })).sort()

describe.runIf(hasTerminals)('at a terminal', () => {
  it('asks, and writes after a yes', async () => {
    const command = await createApplication()
    const sitting = sitAt('jotgate add', command)
    expect(await sitting.until('[y/N]')).toContain('qlik/express.mjs')
    sitting.type('y\r')
    expect(await sitting.ended).toBe(0)
    expect(sitting.shown()).toContain("app.use('/chart', qlik)")
    expect(await filesOf(command)).toContain('qlik/page/index.html')
  })

  it('writes nothing after Ctrl+C, and ends quietly with 130', async () => {
    const command = await createApplication()
    const sitting = sitAt('jotgate add', command)
    await sitting.until('[y/N]')
    sitting.type('\u0003')
    expect(await sitting.ended).toBe(130)
    expect(sitting.shown()).not.toContain('error')
    expect(await filesOf(command)).toEqual(['package.json'])
  })
})

describe.skipIf(process.platform === 'win32')('where the system refuses', () => {
  const refused = (reason: string) => ({
    exitCode: 1,
    out: '',
    err: expect.stringMatching(new RegExp(`ERR_CLI_ADD_WRITE[^\n]*\\(${reason}\\)`)),
  })

  it('a disk without room: nothing is left', async () => {
    const command = await createApplication()
    // A limit for the size of a file stands for the disk: what is written ends within a file.
    const limited = 'trap "" XFSZ; ulimit -f 1; jotgate add --yes'
    expect(await command.shell(limited)).toEqual(refused('EFBIG'))
    expect(await filesOf(command)).toEqual(['package.json'])
  })

  it('a folder that this user may not write into', async () => {
    const command = await createApplication()
    await chmod(command.folder, 0o555)
    onTestFinished(() => chmod(command.folder, 0o755))
    // Root may write everywhere, unless it gives that right up.
    const asUser =
      process.getuid?.() === 0 ? 'setpriv --bounding-set=-dac_override,-dac_read_search' : ''
    const line = `${asUser} "${process.execPath}" "${bin}" add --yes`
    expect(await command.shell(line)).toEqual(refused('EACCES'))
  })
})
