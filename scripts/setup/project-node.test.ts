import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { findNode } from './project-node.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

it.runIf(['linux', 'win32'].includes(process.platform))('finds the pinned Node', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pinned = new Set(Object.values(optionalDependencies))
  const own = findNode(root, { execPath: 'another', versions: { node: '20.0.0' } })
  const version = execFileSync(String(own), ['--version'], { encoding: 'utf8' })
  expect([...pinned]).toEqual([version.trim().slice(1)])
})

it('takes the Node that runs it where the registry has none, if it is new enough', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jotgate-no-node-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const found = (node: string) => findNode(folder, { execPath: 'this one', versions: { node } })
  expect(['22.19.0', '24.0.0'].map(found)).toEqual(['this one', 'this one'])
  expect(['20.20.2', '22.18.0'].map(found)).toEqual([undefined, undefined])
})
