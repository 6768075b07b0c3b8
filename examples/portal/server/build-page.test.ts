import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltPage, buildPage } from './build-page.ts'
import { readPageFiles } from './page-files.ts'

let outDir: string
let first: BuiltPage

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'portal-dist-'))
  first = await buildPage({ outDir })
}, 60_000)

afterAll(() => rm(outDir, { recursive: true }))

describe('buildPage', () => {
  it('makes pages that the portal can serve', async () => {
    expect(first).toEqual({ folder: outDir, rebuilt: true })
    const { signInHtml, dashboardHtml, assets } = await readPageFiles(outDir)
    expect(signInHtml).toContain('<!-- people -->')
    expect(signInHtml).not.toContain('<script')
    for (const [, address] of dashboardHtml.matchAll(/(?:src|href)="(\/[^"]+)"/g))
      if (address !== '/') expect([...assets.keys()]).toContain(address)
  })

  it('puts nothing into the pages that their policy would stop', async () => {
    const { dashboardHtml } = await readPageFiles(outDir)
    expect(dashboardHtml).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?:/)
  })

  it('loads each chart by itself, when it is drawn', async () => {
    const { assets } = await readPageFiles(outDir)
    const names = [...assets.keys()].join(' ')
    expect(names).toMatch(/sn-bar-chart/)
    expect(names).toMatch(/sn-kpi/)
  })

  it('builds again only when what is there was made of something else', async () => {
    const html = join(outDir, 'dashboard.html')
    await writeFile(html, 'as it was left')
    expect((await buildPage({ outDir })).rebuilt).toBe(false)
    expect(await readFile(html, 'utf8')).toBe('as it was left')

    await writeFile(join(outDir, '.sources.sha256'), 'another digest')
    expect((await buildPage({ outDir })).rebuilt).toBe(true)
    expect(await readFile(html, 'utf8')).toContain('<!doctype html>')
  }, 60_000)
})
