import { describe, expect, it } from 'vitest';
import { SpeakerNews } from '../../../mcu/room/speaker-news.ts';

describe('who is told who speaks', () => {
  it('is everybody on each change, and the narrow once a second, of what is so by then', () => {
    const news = new SpeakerNews();
    expect(news.next(['a'], ['n'], 0)).toEqual({ except: ['n'], only: ['n'] });
    expect(news.next(['a'], ['n'], 200)).toEqual({ except: null, only: [] });
    expect(news.next(['b'], ['n'], 400)).toEqual({ except: ['n'], only: [] });
    expect(news.next(['b'], ['n'], 900)).toEqual({ except: null, only: [] });
    expect(news.next(['b'], ['n'], 1000)).toEqual({ except: null, only: ['n'] });
    expect(news.next(['b'], ['n'], 3000)).toEqual({ except: null, only: [] });
  });

  it('forgets who is narrow no more', () => {
    const news = new SpeakerNews();
    news.next(['a'], ['n'], 0);
    expect(news.next(['a'], [], 100)).toEqual({ except: null, only: [] });
    expect(news.next([], [], 200)).toEqual({ except: [], only: [] });
    expect(news.next([], ['n'], 300)).toEqual({ except: null, only: [] });
  });
});
