// One by one: the package's index would take all of them into the page.
import Again from '@lucide/svelte/icons/rotate-cw';
import Settings from '@lucide/svelte/icons/settings';
import Keyboard from '@lucide/svelte/icons/keyboard';
import FullScreen from '@lucide/svelte/icons/maximize';
import LeaveFullScreen from '@lucide/svelte/icons/minimize';
import SmallWindow from '@lucide/svelte/icons/picture-in-picture';
import Chat from '@lucide/svelte/icons/message-square';
import Down from '@lucide/svelte/icons/arrow-down';
import Send from '@lucide/svelte/icons/send-horizontal';
import Share from '@lucide/svelte/icons/screen-share';
import ShareOff from '@lucide/svelte/icons/screen-share-off';
import Auto from '@lucide/svelte/icons/sparkles';
import Camera from '@lucide/svelte/icons/video';
import CameraOff from '@lucide/svelte/icons/video-off';
import Check from '@lucide/svelte/icons/check';
import Close from '@lucide/svelte/icons/x';
import Delete from '@lucide/svelte/icons/trash';
import Download from '@lucide/svelte/icons/download';
import Flip from '@lucide/svelte/icons/switch-camera';
import Grid from '@lucide/svelte/icons/layout-grid';
import Hand from '@lucide/svelte/icons/hand';
import Leave from '@lucide/svelte/icons/log-out';
import Microphone from '@lucide/svelte/icons/mic';
import MicrophoneOff from '@lucide/svelte/icons/mic-off';
import People from '@lucide/svelte/icons/users';
import Pin from '@lucide/svelte/icons/pin';
import Pip from '@lucide/svelte/icons/picture-in-picture-2';
import Play from '@lucide/svelte/icons/play';
import Presentation from '@lucide/svelte/icons/presentation';
import Record from '@lucide/svelte/icons/circle-dot';
import Link from '@lucide/svelte/icons/link';
import More from '@lucide/svelte/icons/ellipsis-vertical';
import Remove from '@lucide/svelte/icons/user-x';
import Smile from '@lucide/svelte/icons/face-slightly-smiling';
import Single from '@lucide/svelte/icons/square-user-round';
import Sound from '@lucide/svelte/icons/volume-2';
import Speaker from '@lucide/svelte/icons/layout-panel-left';
import Stop from '@lucide/svelte/icons/circle-stop';

/** The icons by what they mean here: a component each, of Lucide (ISC licence). */
export const icons = {
  microphone: Microphone,
  'microphone-off': MicrophoneOff,
  camera: Camera,
  'camera-off': CameraOff,
  people: People,
  record: Record,
  stop: Stop,
  play: Play,
  download: Download,
  delete: Delete,
  pin: Pin,
  hand: Hand,
  check: Check,
  auto: Auto,
  grid: Grid,
  speaker: Speaker,
  presentation: Presentation,
  pip: Pip,
  single: Single,
  again: Again,
  flip: Flip,
  settings: Settings,
  keyboard: Keyboard,
  'full-screen': FullScreen,
  'leave-full-screen': LeaveFullScreen,
  'small-window': SmallWindow,
  chat: Chat,
  down: Down,
  send: Send,
  share: Share,
  'share-off': ShareOff,
  smile: Smile,
  more: More,
  remove: Remove,
  link: Link,
  close: Close,
  leave: Leave,
  sound: Sound,
} satisfies { readonly [name: string]: typeof Again };

/** The pictures there are; all are decoration, the words stand beside them. */
export type IconName = keyof typeof icons;
