import { expect, it } from 'vitest'
import { formatNumber } from './number-format.ts'

it.each([
  [1234567.891, '#,##0.00', '1,234,567.89'],
  [1234567.891, '# ##0', '1234568'],
  [0.1234, '0.0%', '12.3%'],
  [0.5, '#,##0.##', '0.5'],
  [5, '#,##0.##', '5'],
  [-1234, '$#,##0', '-$1,234'],
  [-1234, '$#,##0;($#,##0)', '($1,234)'],
  [-0.001, '0.0', '0.0'],
  [7, '00', '7'],
])('writes %d in %s as %s', (number, qFmt, text) => {
  expect(formatNumber(number, { qType: 'F', qFmt, qDec: '.', qThou: ',' })).toBe(text)
})

it('takes the marks of the format', () => {
  const format = { qType: 'M', qFmt: '#.##0,00 €', qDec: ',', qThou: '.' }
  expect(formatNumber(1234.5, format)).toBe('1.234,50 €')
})

it('leaves what it cannot format a plain number', () => {
  expect(formatNumber(45000, { qType: 'D', qFmt: 'YYYY-MM-DD' })).toBe('45000')
  expect(formatNumber(0.1 + 0.2, { qType: 'U' })).toBe('0.3')
})
