// What differs by product is looked up in a table by the product's name. No other code asks which product it is.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../packages/jotgate/src/', import.meta.url))

/** Every table by product name. Parts other than `token` and `qlik` have one each at most. */
const tables = [
  'browser/connect.ts',
  'cli/explain/pages.ts',
  'cli/product-facts.ts',
  'config/products.ts',
  'doctor/checks-for.ts',
  'provision/provisioning-for.ts',
  'qlik/product-for.ts',
  'token/lifetime.ts',
  'token/policy.ts',
  'token/rules/registry.ts',
  'token/rules/times.ts',
]

/** The part that may still compare: `token` narrows its own union of deployments. */
const comparing = /^token\//

interface Use {
  kind: 'table' | 'comparison'
  file: string
}

const isProduct = (node: ts.Node) =>
  ts.isStringLiteral(node) && ['cloud', 'client-managed'].includes(node.text)

/** A key by product, or by mode and product: `direct cloud`. */
const isProductKey = (node: ts.Node) =>
  ts.isStringLiteral(node) && /^(\w+ )?(cloud|client-managed)$/.test(node.text)

function usesOf(file: string, text: string): Use[] {
  const uses: Use[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && isProductKey(node.name)) uses.push({ kind: 'table', file })
    if (ts.isBinaryExpression(node) && [node.left, node.right].some(isProduct))
      uses.push({ kind: 'comparison', file })
    if (ts.isCaseClause(node) && isProduct(node.expression)) uses.push({ kind: 'comparison', file })
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest))
  return uses
}

const uses = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(file))
  .flatMap((file) => usesOf(file, readFileSync(`${root}${file}`, 'utf8')))

describe('the products', () => {
  it('are told apart in tables by name, all of which are listed here', () => {
    const files = uses.filter(({ kind }) => kind === 'table').map(({ file }) => file)
    expect([...new Set(files)].sort()).toEqual(tables)
  })

  it('are not compared outside the parts whose subject they are', () => {
    const files = uses.filter(({ kind }) => kind === 'comparison').map(({ file }) => file)
    expect(files.filter((file) => !comparing.test(file))).toEqual([])
  })

  it.each([
    ["if (deployment.product === 'cloud') f()", 'comparison'],
    ["const prefix = 'client-managed' !== product ? '' : p", 'comparison'],
    ["switch (product) { case 'cloud': break }", 'comparison'],
    ["const table = { cloud: 1, 'client-managed': 2 }", 'table'],
    ["const table = { 'direct cloud': 1 }", 'table'],
  ])('are found in %s', (text, kind) => {
    expect(usesOf('a.ts', text)).toEqual([{ kind, file: 'a.ts' }])
  })
})
