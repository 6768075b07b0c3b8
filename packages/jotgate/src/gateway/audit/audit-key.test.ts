import { execFileSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import { readAuditKey } from './audit-key.ts'

const code = 'ERR_GATEWAY_AUDIT_UNREADABLE'

it('reads the key that openssl makes', async () => {
  const file = join(await ownFolder(), 'audit.key')
  execFileSync('openssl', ['rand', '-out', file, '32'])
  await chmod(file, 0o600)
  expect(await readAuditKey(file)).toHaveLength(32)
})

it('refuses a file that is short, long, missing, or open to others', async () => {
  const folder = await ownFolder()
  const file = join(folder, 'audit.key')
  await expect(readAuditKey(file)).rejects.toMatchObject({ code, message: /does not exist/ })
  for (const length of [0, 31, 4097]) {
    await writeFile(file, Buffer.alloc(length), { mode: 0o600 })
    await expect(readAuditKey(file)).rejects.toMatchObject({ code, message: /shorter|larger/ })
  }
  await writeFile(file, Buffer.alloc(32))
  if (process.platform !== 'win32') {
    await chmod(file, 0o640)
    await expect(readAuditKey(file)).rejects.toMatchObject({ code, message: /chmod 600/ })
  }
  await expect(readAuditKey(folder)).rejects.toMatchObject({ code, message: /folder/ })
})
