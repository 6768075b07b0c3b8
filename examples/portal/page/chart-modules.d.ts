// The charts come without types of their own; nebula.js takes them as they are.
declare module '@nebula.js/sn-kpi' {
  const kpi: import('@nebula.js/stardust').stardust.Visualization
  export = kpi
}

declare module '@nebula.js/sn-bar-chart' {
  const barChart: import('@nebula.js/stardust').stardust.Visualization
  export = barChart
}

declare module '@nebula.js/sn-line-chart' {
  const lineChart: import('@nebula.js/stardust').stardust.Visualization
  export = lineChart
}

declare module '@nebula.js/sn-pie-chart' {
  const pieChart: import('@nebula.js/stardust').stardust.Visualization
  export = pieChart
}

declare module '@nebula.js/sn-table' {
  const table: import('@nebula.js/stardust').stardust.Visualization
  export = table
}
