import { chmod, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import { createAdminBearer, readAdminBearer } from './bearer-file.ts'

const refusal = (problem: string) => ({
  code: 'ERR_GATEWAY_ADMIN_BEARER_FILE',
  details: { file: expect.any(String), problem: expect.stringContaining(problem) },
})

it('makes a bearer for its owner alone, never over another one', async () => {
  const file = join(await ownFolder(), 'secrets', 'bearer.txt')
  await createAdminBearer(file)
  const bearer = await readAdminBearer(file)
  expect(bearer).toMatch(/^[\w-]{43}$/)
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
  await expect(createAdminBearer(file)).rejects.toMatchObject(refusal('exists already'))
  expect(await readAdminBearer(file)).toBe(bearer)
})

it.each([
  ['', 'must be 32 to 1024 characters'],
  ['short\n', 'must be 32 to 1024 characters'],
  [`${'b'.repeat(40)}\n${'b'.repeat(40)}\n`, 'must be 32 to 1024 characters'],
  ['b'.repeat(4000), 'is larger than'],
])('refuses a file with %j', async (text, problem) => {
  const file = join(await ownFolder(), 'bearer.txt')
  await writeFile(file, text, { mode: 0o600 })
  await expect(readAdminBearer(file)).rejects.toMatchObject(refusal(problem))
})

it.runIf(process.platform !== 'win32')('refuses a file that others may read', async () => {
  const file = join(await ownFolder(), 'bearer.txt')
  await createAdminBearer(file)
  await chmod(file, 0o640)
  await expect(readAdminBearer(file)).rejects.toMatchObject(refusal('chmod 600'))
  await expect(readAdminBearer(`${file}-missing`)).rejects.toMatchObject(refusal('does not exist'))
})
