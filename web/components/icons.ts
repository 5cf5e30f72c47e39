/** Outlines on a 24 × 24 ground, drawn with a stroke of 2. */
export const iconPaths = {
  microphone: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM5 11a7 7 0 0 0 14 0M12 18v3',
  'microphone-off':
    'M3 3l18 18M15 9.5V6a3 3 0 0 0-5.8-1.1M9 9v2a3 3 0 0 0 4.6 2.5M5 11a7 7 0 0 0 11.3 5.5M18.6 13.4A7 7 0 0 0 19 11M12 18v3',
  camera: 'M4 6h9a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2ZM15 11l7-4v10l-7-4',
  'camera-off':
    'M3 3l18 18M10 6h3a2 2 0 0 1 2 2v3l7-4v10l-3-1.7M15 15.5V16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h2',
  share:
    'M13 4H4a1 1 0 0 0-1 1v10a1 1 0 0 0 1 1h16a1 1 0 0 0 1-1v-4M8 21h8M12 16v5M21 3l-6.5 6.5M16 3h5v5',
  'share-off': 'M3 4h18v12H3ZM8 21h8M12 16v5M9.5 7.5l5 5M14.5 7.5l-5 5',
  chat: 'M4 4h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-9l-5 4v-4H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM8 9h8M8 12.5h5',
  send: 'M4 4l17 8-17 8 3-8ZM7 12h7',
  down: 'M12 5v14M6 13l6 6 6-6',
  smile: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 14.5a4.8 4.8 0 0 0 8 0M9 9.5h.01M15 9.5h.01',
  more: 'M12 5.9a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8ZM12 12.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8ZM12 18.9a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8Z',
  remove:
    'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 21v-1a6 6 0 0 1 6-6h2a6 6 0 0 1 6 6v1M17 8l5 5M22 8l-5 5',
  link: 'M10 14a4.5 4.5 0 0 0 6.4 0l3.2-3.200a4.5 4.5 0 0 0-6.4-6.400l-1.2 1.200M14 10a4.5 4.5 0 0 0-6.4 0l-3.2 3.200a4.5 4.5 0 0 0 6.4 6.400l1.2-1.2',
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
  sound: 'M4 9h3l5-4v14l-5-4H4ZM16 9a4 4 0 0 1 0 6M18.8 6.2a8 8 0 0 1 0 11.6',
};

/** The pictures there are; all are decoration, the words stand beside them. */
export type IconName = keyof typeof iconPaths;
