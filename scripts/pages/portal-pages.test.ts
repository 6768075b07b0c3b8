import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPageFiles } from '../../examples/portal/server/page-files.ts'
import { views } from '../../examples/portal/server/views.ts'
import { buildPortalPages } from './portal-pages.ts'

let outDir: string
let built: readonly { folder: string; rebuilt: boolean }[]

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'portal-dist-'))
  // What an older version left.
  await writeFile(join(outDir, '.sources.sha256'), 'another digest')
  await writeFile(join(outDir, 'dashboard.html'), 'as it was left')
  built = await Promise.all([buildPortalPages({ outDir }), buildPortalPages({ outDir })])
})

afterAll(() => rm(outDir, { recursive: true }))

describe('the portal’s pages', () => {
  it('are built once for all callers at the same time', () => {
    expect(built.map(({ folder }) => folder)).toEqual([outDir, outDir])
    expect(built.filter(({ rebuilt }) => rebuilt)).toHaveLength(1)
  })

  it('can be served by the portal', async () => {
    const { signInHtml, viewHtml, assets } = await readPageFiles(outDir)
    expect(signInHtml).toContain('<!-- people -->')
    expect(signInHtml).toContain('class="brand-mark"')
    expect(signInHtml).not.toContain('<script')
    const known = [...assets.keys(), ...views.map(({ path }) => path)]
    for (const view of views)
      for (const [, address] of viewHtml(view).matchAll(/(?:src|href)="(\/[^"]*)"/g))
        expect(known, view.path).toContain(address)
  })

  it('contain nothing that their policy would block', async () => {
    const { viewHtml } = await readPageFiles(outDir)
    for (const view of views) {
      const html = viewHtml(view).replace(/<code id="code">[^<]*/, '')
      expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?:/)
    }
  })

  it('have no mark left unfilled, and show a script to copy', async () => {
    const { viewHtml } = await readPageFiles(outDir)
    for (const view of views) {
      expect(viewHtml(view)).not.toMatch(/<!-- (part|product|views|code|frame|slot|page)|<template/)
      expect(viewHtml(view)).toContain('await connect({')
    }
  })

  it('load each chart separately, when it is drawn', async () => {
    const { assets } = await readPageFiles(outDir)
    const names = [...assets.keys()].join(' ')
    for (const chart of ['bar-chart', 'kpi', 'line-chart', 'pie-chart', 'table'])
      expect(names).toContain(`sn-${chart}`)
  })

  it('are built again only when their sources have changed', async () => {
    const html = join(outDir, 'dashboard.html')
    const text = await readFile(html, 'utf8')
    expect(text).toContain('<!doctype html>')

    await writeFile(html, 'as it was left')
    expect((await buildPortalPages({ outDir })).rebuilt).toBe(false)
    expect(await readFile(html, 'utf8')).toBe('as it was left')
    await writeFile(html, text)
  })
})
