import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundleCommand } from './bundle-command.ts'

export const packageNames = ['jotgate', 'emulator'] as const

/**
 * Compiles the packages as they are published: one plain module a source file, with its types, and the
 * command as a bundle.
 *
 * @returns the errors of the compiler; empty when there are none
 */
export async function buildPackages(options: {
  root: string
  outDir: (name: (typeof packageNames)[number]) => string
}): Promise<string> {
  const problems = packageNames
    .map((name) => {
      const outDir = options.outDir(name)
      rmSync(outDir, { recursive: true, force: true })
      const compiler = join(options.root, 'node_modules/typescript/bin/tsc')
      const project = join(options.root, 'packages', name, 'tsconfig.build.json')
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [compiler, '-p', project, '--outDir', outDir],
        { encoding: 'utf8' },
      )
      if (status === 0) return ''
      // A compiler that did not run printed nothing.
      return `${stdout}${stderr}`.trim() || `The compiler of ${name} ended with ${status}`
    })
    .filter(Boolean)
    .join('\n')
  if (problems === '')
    await bundleCommand({
      packageFolder: join(options.root, 'packages/jotgate'),
      distFolder: options.outDir('jotgate'),
    })
  return problems
}
