// What is published is not what runs here: sources are compiled, and only some files travel. So the packages
// are packed and laid out as npm would, once for all tests of this folder.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { loadPages } from '../../packages/emulator/src/pages/load-pages.ts'
import { buildPackages, packageNames } from '../../scripts/build/build-packages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder whose `node_modules` has our packages; theirs are found in the project's, further up. */
    packedFolder: string
    /** The file of each of our packages, as `npm install` takes it. */
    packedFiles: Record<string, string>
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/packed-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    project.provide('packedFiles', await layOut(folder))
  } catch (error) {
    remove()
    throw error
  }
  project.provide('packedFolder', folder)
  return remove
}

async function layOut(folder: string): Promise<Record<string, string>> {
  await loadPages()
  const problems = await buildPackages({ root, outDir: (name) => join(folder, 'build', name) })
  if (problems !== '') throw new Error(problems)
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '.bin'), { recursive: true })
  const files: Record<string, string> = {}
  for (const name of packageNames) {
    const source = join(folder, 'source', name)
    cpSync(join(root, 'packages', name), source, {
      recursive: true,
      // Nor what is on its way to being the pages, which another test may be building.
      filter: (path) => !/[/\\](src|dist|node_modules|pages-dist\.\w+)$/.test(path),
    })
    cpSync(join(folder, 'build', name), join(source, 'dist'), { recursive: true })
    const packed = packInto(folder, source)
    install(packed, modules)
    files[packed.name] = packed.file
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return files
}

interface Packed {
  filename: string
  name: string
}

function packInto(folder: string, source: string): Packed & { file: string } {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', folder, '--loglevel=error'], {
      cwd: source,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    }),
  ) as [Packed]
  return { ...packed, file: join(folder, packed.filename) }
}

function install({ name, file }: Packed & { file: string }, modules: string): void {
  const target = join(modules, name)
  mkdirSync(target)
  execFileSync('tar', ['-xzf', file, '--strip-components=1', '-C', target])
  const { bin } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as {
    bin: Record<string, string>
  }
  for (const [command, script] of Object.entries(bin)) {
    chmodSync(join(target, script), 0o755)
    if (process.platform !== 'win32')
      symlinkSync(join('..', name, script), join(modules, '.bin', command))
  }
}
