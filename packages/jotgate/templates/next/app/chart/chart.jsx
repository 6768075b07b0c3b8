'use client'
// app/chart/chart.jsx: draws the chart in the page, and takes it away when the page is left.
import { useEffect, useRef } from 'react'

export function Chart() {
  const place = useRef(null)
  useEffect(() => {
    const element = place.current.appendChild(document.createElement('div'))
    element.style.height = '100%'
    // Only in the browser: the charts need a window.
    const drawn = import('../../qlik/draw.mjs').then(({ drawChart }) => drawChart(element))
    return () => {
      drawn.then((remove) => remove())
      element.remove()
    }
  }, [])
  return <div id="chart" ref={place} style={{ height: '30rem' }} />
}
