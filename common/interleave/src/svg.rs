//! A story as a picture in SVG: a lane per thread, time downwards, held locks as bars, waits hatched.

mod draw;

use crate::picture::Picture;
use crate::story::{Step, Story};
use crate::text::{cells, escaped, visible, wrapped};
use ::std::fmt::Write as _;

/// The colours, for the picture alone and inside a page.
pub(crate) const STYLE: &str = include_str!("svg/picture.css");

/// How a picture is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Each step's words stand in its thread's lane.
    Lanes,
    /// The lanes are tracks on the left, the words one column beside them: for a small screen, or many threads.
    Tracks,
}

/// A column of the font, with some room to spare: 0.602 em in the widest of the usual ones.
const CELL: f64 = 7.95;
const LINE: f64 = 18.0;
/// Between the words of one step and the next: arrows turn here.
const GUTTER: f64 = 14.0;
/// What a switch adds to the gutter.
const SWITCH: f64 = 18.0;
/// A held lock's bar, and what it takes.
const BAR: f64 = 13.0;
const SLOT: f64 = 17.0;
/// Left of a lane's line: arrows come down here.
const CHANNEL: f64 = 22.0;
/// Right of a lane's line, before the bars.
const PAD: f64 = 9.0;
/// Before the words.
const INDENT: f64 = 5.0;
/// Between one lane's words and the next lane.
const GAP: f64 = 10.0;
const EDGE: f64 = 14.0;
/// A lane with fewer columns than this is hard to read: rather a wider picture.
const FEWEST: usize = 18;
/// More lanes than this are not told apart by where the words stand.
const MOST_LANES: usize = 4;

/// The picture by itself, with its colours, title and sentences.
pub(crate) fn alone(story: &Story) -> String {
    let mut sheet = Sheet::new(story, Layout::Lanes, 1000.0, "");
    sheet.prose("title", &story.title, 10.4, 24.0);
    sheet.timeline();
    for sentence in &story.because {
        sheet.bullet(sentence);
    }
    sheet.finish(&format!("<style>\n{STYLE}</style>\n"))
}

/// The picture as a part of a page that has the rest, about as wide as that. `prefix` keeps its names apart from another
/// picture's.
pub(crate) fn part(story: &Story, width: f64, prefix: &str) -> String {
    let few = Picture::new(story).lanes.len() <= MOST_LANES;
    let layout = if few && width > 500.0 { Layout::Lanes } else { Layout::Tracks };
    let mut sheet = Sheet::new(story, layout, width, prefix);
    sheet.timeline();
    sheet.finish("")
}

/// Where a lane is.
struct Lane {
    /// Its line.
    line: f64,
    /// Its first bar's left edge.
    bars: f64,
    /// Where its words begin, and how many columns they may have.
    words: f64,
    columns: usize,
}

/// Where a step is: its top, the middle of its node, and its bottom, with all its lines of words.
struct Row {
    top: f64,
    node: f64,
    bottom: f64,
    words: Vec<String>,
}

/// A picture in the making.
struct Sheet<'a> {
    story: &'a Story,
    picture: Picture,
    layout: Layout,
    prefix: &'a str,
    lanes: Vec<Lane>,
    rows: Vec<Row>,
    /// Where the numbers end and the lanes begin.
    margin: f64,
    width: f64,
    /// How far down everything reaches so far.
    height: f64,
    out: String,
}

impl<'a> Sheet<'a> {
    fn new(story: &'a Story, layout: Layout, width: f64, prefix: &'a str) -> Self {
        let mut sheet = Sheet {
            story,
            picture: Picture::new(story),
            layout,
            prefix,
            lanes: Vec::new(),
            rows: Vec::new(),
            margin: if layout == Layout::Lanes { 64.0 } else { 32.0 },
            width,
            height: EDGE,
            out: String::new(),
        };
        sheet.place_lanes();
        sheet
    }

    fn place_lanes(&mut self) {
        let lanes = self.picture.lanes.len().max(1) as f64;
        let bars: usize = (0..self.picture.lanes.len()).map(|i| self.picture.slots(i)).sum();
        let signs = self.margin + bars as f64 * SLOT + lanes * (CHANNEL + PAD + INDENT + GAP) + EDGE;
        let most = (((self.width - signs) / lanes / CELL) as usize).max(FEWEST);
        let mut x = self.margin;
        for (i, thread) in self.picture.lanes.iter().enumerate() {
            let line = x + CHANNEL;
            let bars = line + PAD;
            let behind = bars + self.picture.slots(i) as f64 * SLOT;
            let steps = self.story.steps.iter().filter(|s| s.thread == *thread);
            let longest = steps.map(|s| cells(&self.words_of(s))).max().unwrap_or(0);
            let columns = longest.max(cells(&visible(&self.story.threads[*thread]))).clamp(8, most);
            self.lanes.push(Lane { line, bars, words: behind + INDENT, columns });
            x = match self.layout {
                Layout::Lanes => behind + INDENT + columns as f64 * CELL + GAP,
                Layout::Tracks => behind,
            };
        }
        if self.layout == Layout::Tracks {
            let columns = ((self.width - EDGE - x - INDENT) / CELL).clamp(20.0, 64.0) as usize;
            for lane in &mut self.lanes {
                (lane.words, lane.columns) = (x + INDENT, columns);
            }
            x += INDENT + columns as f64 * CELL;
        }
        self.width = (x + EDGE).max(self.width.min(620.0));
    }

    /// What a step says, with its line; with its thread's name, too, where the lane does not tell.
    fn words_of(&self, step: &Step) -> String {
        let mut words = visible(&step.text);
        let at = self.story.whereabouts(step);
        if !at.is_empty() {
            words = format!("{words} {}", visible(&at));
        }
        match self.layout {
            Layout::Lanes => words,
            Layout::Tracks => format!("{} {words}", visible(&self.story.threads[step.thread])),
        }
    }

    /// The lanes with all that happens in them, and what the signs mean.
    fn timeline(&mut self) {
        if self.story.steps.is_empty() {
            return;
        }
        if self.layout == Layout::Lanes {
            self.names();
        }
        let top = self.height;
        self.place_rows();
        self.draw_rows(top);
        self.legend();
    }

    fn place_rows(&mut self) {
        for step in &self.story.steps {
            self.height += GUTTER + if step.switched { SWITCH } else { 0.0 };
            let columns = self.lanes[self.picture.lane(step.thread)].columns;
            let words = wrapped(&self.words_of(step), columns);
            let (top, bottom) = (self.height, self.height + words.len() as f64 * LINE);
            self.rows.push(Row { top, node: top + LINE / 2.0, bottom, words });
            self.height = bottom;
        }
        self.height += GUTTER;
    }

    /// Text in the proportional font, wrapped.
    fn prose(&mut self, class: &str, text: &str, cell: f64, line: f64) {
        for words in wrapped(&visible(text), ((self.width - 2.0 * EDGE) / cell) as usize) {
            self.height += line;
            let y = self.height - line * 0.3;
            let _ = writeln!(
                self.out,
                "<text class=\"prose {class}\" x=\"{EDGE:.1}\" y=\"{y:.1}\">{}</text>",
                escaped(&words)
            );
        }
    }

    fn bullet(&mut self, sentence: &str) {
        self.height += 4.0;
        for (i, words) in
            wrapped(&visible(sentence), ((self.width - 2.0 * EDGE - 16.0) / 7.9) as usize).iter().enumerate()
        {
            self.height += LINE;
            let y = self.height - 5.0;
            if i == 0 {
                let _ = writeln!(self.out, "<text class=\"prose\" x=\"{EDGE:.1}\" y=\"{y:.1}\">•</text>");
            }
            let x = EDGE + 16.0;
            let _ = writeln!(
                self.out,
                "<text class=\"prose\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
                escaped(words)
            );
        }
    }

    /// What the picture shows, for whoever does not see it.
    fn description(&self) -> String {
        let mut out = String::new();
        for (i, step) in self.story.steps.iter().enumerate() {
            let switch = if step.switched { "switch; " } else { "" };
            let at = step.place.as_ref().map(|p| format!(" ({p})")).unwrap_or_default();
            let _ = write!(out, "{}: {switch}{} {}{at}. ", i + 1, self.story.threads[step.thread], step.text);
        }
        out + &self.story.because.join(" ")
    }

    fn finish(self, style: &str) -> String {
        let (width, height, prefix) = (self.width, self.height + EDGE, self.prefix);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"il\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-labelledby=\"{prefix}title {prefix}desc\">\n\
             <title id=\"{prefix}title\">{title}</title>\n<desc id=\"{prefix}desc\">{desc}</desc>\n{style}\
             <defs><pattern id=\"{prefix}hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern></defs>\n\
             <rect class=\"paper\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n{body}</svg>\n",
            title = escaped(&self.story.title),
            desc = escaped(&self.description()),
            body = self.out,
        )
    }
}
