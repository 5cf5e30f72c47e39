/** Outlines on a 24 × 24 ground, drawn with a stroke of 2. */
export const iconPaths = {
  microphone: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM5 11a7 7 0 0 0 14 0M12 18v3',
  'microphone-off':
    'M3 3l18 18M15 9.5V6a3 3 0 0 0-5.8-1.1M9 9v2a3 3 0 0 0 4.6 2.5M5 11a7 7 0 0 0 11.3 5.5M18.6 13.4A7 7 0 0 0 19 11M12 18v3',
  camera: 'M4 6h9a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2ZM15 11l7-4v10l-7-4',
  'camera-off':
    'M3 3l18 18M10 6h3a2 2 0 0 1 2 2v3l7-4v10l-3-1.7M15 15.5V16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h2',
  people:
    'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1M16 3.2a4 4 0 0 1 0 7.6M22 21v-1a6 6 0 0 0-4-5.6',
  record: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  stop: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9.5 9.5h5v5h-5Z',
  play: 'M7 4.5v15l12-7.5Z',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  delete: 'M4 7h16M10 7V4h4v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  // As in Lucide (ISC licence).
  pin: 'M12 17v5M9 10.8a2 2 0 0 1-1.1 1.7l-1.8.9A2 2 0 0 0 5 15.2V16a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1v-.8a2 2 0 0 0-1.1-1.8l-1.8-.9a2 2 0 0 1-1.1-1.7V7a1 1 0 0 1 1-1 2 2 0 0 0 0-4H8a2 2 0 0 0 0 4 1 1 0 0 1 1 1Z',
  hand: 'M18 11V6a2 2 0 0 0-4 0v4V4a2 2 0 0 0-4 0v6V6a2 2 0 0 0-4 0v8l-1.8-1.8a2 2 0 0 0-2.8 2.8L6 19.7A7.7 7.7 0 0 0 11.5 22H14a8 8 0 0 0 8-8V9a2 2 0 0 0-4 0v2',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  auto: 'M11 3l2 5.5 5.5 2-5.5 2-2 5.5-2-5.5-5.5-2 5.5-2ZM19 15v6M16 18h6',
  grid: 'M4 4h6.5v6.5H4ZM13.5 4H20v6.5h-6.5ZM4 13.5h6.5V20H4ZM13.5 13.5H20V20h-6.5Z',
  speaker: 'M3 5h11v14H3ZM18 5h3v3.5h-3ZM18 12h3v3.5h-3ZM18 19h3',
  presentation: 'M3 4h18v12H3ZM12 16v4M8 20h8',
  pip: 'M3 5h18v14H3ZM13 12.5h5v3.5h-5Z',
  single: 'M3 5h18v14H3ZM12 12a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM8 19a4 4 0 0 1 8 0',
  close: 'M6 6l12 12M18 6L6 18',
  leave: 'M9 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h3M15 8l4 4-4 4M19 12H9',
  // As in Lucide (ISC licence).
  settings:
    'M9.7 4.1a2.3 2.3 0 0 1 4.6 0 2.3 2.3 0 0 0 3.4 2 2.3 2.3 0 0 1 2.3 4 2.3 2.3 0 0 0 0 3.8 2.3 2.3 0 0 1-2.3 4 2.3 2.3 0 0 0-3.4 2 2.3 2.3 0 0 1-4.6 0 2.3 2.3 0 0 0-3.4-2 2.3 2.3 0 0 1-2.3-4 2.3 2.3 0 0 0 0-3.8 2.3 2.3 0 0 1 2.3-4 2.3 2.3 0 0 0 3.4-2M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  keyboard:
    'M4 5h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM6 9h.01M10 9h.01M14 9h.01M18 9h.01M8 12h.01M12 12h.01M16 12h.01M7.5 15.5h9',
  'full-screen':
    'M8 3H5a2 2 0 0 0-2 2v3M21 8V5a2 2 0 0 0-2-2h-3M3 16v3a2 2 0 0 0 2 2h3M16 21h3a2 2 0 0 0 2-2v-3',
  'leave-full-screen':
    'M8 3v3a2 2 0 0 1-2 2H3M21 8h-3a2 2 0 0 1-2-2V3M3 16h3a2 2 0 0 1 2 2v3M16 21v-3a2 2 0 0 1 2-2h3',
  'small-window':
    'M21 9V6a2 2 0 0 0-2-2H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h4M14 13h6a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2h-6a2 2 0 0 1-2-2v-3a2 2 0 0 1 2-2Z',
  sound: 'M4 9h3l5-4v14l-5-4H4ZM16 9a4 4 0 0 1 0 6M18.8 6.2a8 8 0 0 1 0 11.6',
};

/** The pictures there are; all are decoration, the words stand beside them. */
export type IconName = keyof typeof iconPaths;
