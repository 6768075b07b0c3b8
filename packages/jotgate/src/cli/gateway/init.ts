import { stat } from 'node:fs/promises'
import { readGatewaySettings } from '../../config/index.ts'
import { isSystemError } from '../../files/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { choiceOptions } from '../setting-options.ts'

/** `jotgate gateway init`. */
export const gatewayInit: CommandSpec = {
  name: 'gateway init',
  summary: 'the keys of a gateway’s store and audit log',
  description:
    'Makes what the member `gateway` of the configuration file names and what is missing: the key ring that seals the sessions, the key that chains the audit log, and the bearer of the administration where that has an address. Each is a new file for its owner alone; none is overwritten.',
  options: [...choiceOptions.filter(({ flags }) => flags.startsWith('--config')), ...resultOptions],
  examples: [
    'jotgate gateway init',
    'jotgate gateway init --config /etc/jotgate/jotgate.config.json',
  ],
  notes: 'With --json: { files: [{ file, isNew }] }.',
  async run(call) {
    const { folder } = call.terminal
    const settings = await readGatewaySettings({ file: call.values.text('config'), folder })
    const { createAdminBearer, createAuditKey, createKeyRing } = await import(
      '../../gateway/index.ts'
    )
    const { address } = settings.admin
    const files: { file: string; isNew: boolean }[] = []
    for (const [file, make] of [
      [settings.store.keysFile, (one: string) => createKeyRing({ file: one })],
      [settings.audit.keyFile, createAuditKey],
      ...(address === undefined ? [] : ([[address.bearerFile, createAdminBearer]] as const)),
    ] as const) {
      const isNew = !(await exists(file))
      if (isNew) await make(file)
      files.push({ file, isNew })
    }
    return {
      text: files.map(({ file, isNew }) => `${file} ${isNew ? 'is new' : 'was there'}\n`).join(''),
      json: { files },
      next: 'Keep them outside the folders of the sessions and of the log, with a copy of each. Next: jotgate gateway',
    }
  },
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return false
    throw error
  }
}
