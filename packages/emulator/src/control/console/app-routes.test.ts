import { describe, expect, it } from 'vitest'
import { createEmulator, moviesAppId } from '../../index.ts'

describe('what the console shows of apps', () => {
  it('is the data of each app: fields, counts and first rows', async () => {
    const emulator = await createEmulator()
    const get = async (path: string) =>
      (await (await fetch(`${emulator.url}/_emulator/api${path}`)).json()) as Record<string, never>
    expect(await get('/apps')).toMatchObject({
      apps: [{ id: moviesAppId, name: 'Movies', rowCount: 3201 }],
    })
    const movies = await get(`/apps/${moviesAppId}`)
    expect(movies.rows).toHaveLength(50)
    expect(movies.fields).toContainEqual(expect.objectContaining({ name: 'Title' }))
    expect(await get('/apps/none')).toEqual({ error: 'The app does not exist' })
    await emulator.close()
  })
})
