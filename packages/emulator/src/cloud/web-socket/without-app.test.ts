import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createEngine, createMoviesApp, moviesAppId } from '../../engine/index.ts'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

interface Global {
  getDocList(): Promise<readonly { readonly qDocId: string }[]>
  openDoc(id: string): Promise<unknown>
}

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant({ engine: createEngine({ apps: [await createMoviesApp()] }) })
})
afterEach(() => tenant.close())

/** Opens an engine session without an app as Ada, and hands its Global object over. */
async function withGlobal<Result>(run: (global: Global) => Promise<Result>): Promise<Result> {
  const { cookie, csrfToken } = await tenant.login()
  const base = tenant.emulator.url.replace('http', 'ws')
  const session = enigma.create({
    schema,
    url: `${base}/app/engineData?qlik-csrf-token=${csrfToken}`,
    createSocket: (url) =>
      new WebSocket(url, { headers: { cookie } }) as unknown as globalThis.WebSocket,
  })
  try {
    return await run((await session.open()) as unknown as Global)
  } finally {
    await session.close()
  }
}

it('a session without an app lists and opens an app that is in no space', async () => {
  await withGlobal(async (global) => {
    expect(await global.getDocList()).toMatchObject([{ qDocId: moviesAppId }])
    await global.openDoc(moviesAppId)
  })
})

it('a session without an app neither lists nor opens an app of a space of others', async () => {
  const space = await tenant.admin('POST', '/api/v1/spaces', { name: 'Films', type: 'managed' })
  const { id: spaceId } = (await space.json()) as { id: string }
  await tenant.admin('PUT', `/api/v1/apps/${moviesAppId}/space`, { spaceId })
  await withGlobal(async (global) => {
    expect(await global.getDocList()).toEqual([])
    await expect(global.openDoc(moviesAppId)).rejects.toMatchObject({ code: 5 })
    const assigneeId = tenant.emulator.state.users().find(({ subject }) => subject === 'ada')?.id
    const assignment = { type: 'user', assigneeId, roles: ['consumer'] }
    await tenant.admin('POST', `/api/v1/spaces/${spaceId}/assignments`, assignment)
    await global.openDoc(moviesAppId)
  })
})

it('a session without an app is closed to who is not logged in', async () => {
  const socket = new WebSocket(`${tenant.emulator.url.replace('http', 'ws')}/app/engineData`)
  const status = new Promise((resolve) =>
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode)),
  )
  socket.on('error', () => undefined)
  expect(await status).toBe(401)
})
