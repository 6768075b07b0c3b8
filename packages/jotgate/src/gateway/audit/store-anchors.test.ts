import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import { createKeyRing } from '../store/key-ring.ts'
import { sqliteStore } from '../store/sqlite-store.ts'
import { auditFolder } from './audit-folder.fixture.ts'
import { formatPlace } from './chain.ts'
import { readStoreAnchors } from './store-anchors.ts'
import { verifyAuditLog } from './verify-audit-log.ts'

it('reads the anchors of a store while a gateway uses it, and leaves no copy', async () => {
  const folder = await ownFolder()
  const keys = await createKeyRing({ file: join(folder, 'keys', 'store-keys.json') })
  const file = join(folder, 'data', 'store.db')
  const store = await sqliteStore({ file, keys })
  const { open, folder: logFolder, key } = await auditFolder()
  const log = await open({ store })
  try {
    const copies = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('jotgate-anchors-')).length
    const before = await copies()
    const anchors = await readStoreAnchors({ file, keys })
    expect(anchors).toMatchObject([{ seq: 1 }])
    await log.record({ event: 'enter', subject: '42' })
    await log.close()
    const [last] = await readStoreAnchors({ file, keys })
    expect(last).toMatchObject({ seq: 3 })
    expect(await copies()).toBe(before)
    expect(await verifyAuditLog({ folder: logFolder, key, anchors })).toMatchObject({
      findings: [],
      head: last && formatPlace(last),
    })
  } finally {
    await store.close()
  }
  expect(await readStoreAnchors({ file, keys })).toMatchObject([{ seq: 3 }])
  const code = 'ERR_GATEWAY_AUDIT_UNREADABLE'
  await expect(readStoreAnchors({ file: `${file}.no`, keys })).rejects.toMatchObject({ code })
})
