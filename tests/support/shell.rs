//! Lines of a shell, as far as examples use its language.

use std::mem::take;

/// The words of each command, without variables that are set before it and without files that
/// it writes.
pub fn commands(lines: &str) -> Vec<Vec<String>> {
    let mut reader = Reader::default();
    let mut letters = lines.chars();
    let mut quote = None;
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            (_, Some(open)) if letter == open => quote = None,
            ('\'' | '"', None) => {
                reader.begin_word();
                quote = Some(letter);
            }
            ('\\', None) => {
                let continues = letters.next() == Some('\n');
                assert!(continues, "an escape that is not known here: {lines}");
            }
            ('\n' | '|' | '&' | ';' | '(' | ')' | '>', None) => {
                reader.end_command();
                reader.is_file = letter == '>';
            }
            (' ', None) => reader.end_word(),
            _ => reader.letter(letter),
        }
    }
    assert_eq!(quote, None, "a quote is not closed: {lines}");
    reader.end_command();
    reader.commands
}

#[derive(Default)]
struct Reader {
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    word: Option<String>,
    /// What follows is no command.
    is_file: bool,
}

impl Reader {
    fn begin_word(&mut self) -> &mut String {
        self.word.get_or_insert_default()
    }

    fn letter(&mut self, letter: char) {
        self.begin_word().push(letter);
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        let sets_a_variable = self.words.is_empty() && word.contains('=');
        if !sets_a_variable {
            self.words.push(word);
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        let words = take(&mut self.words);
        if !words.is_empty() && !self.is_file {
            self.commands.push(words);
        }
    }
}

#[test]
fn variables_files_and_what_joins_commands_are_no_words_of_theirs() {
    let lines =
        "A=1 B='x y' signet keys \\\n  list | jq '.[] | x' > f && (umask 077; signet \"\")\n";
    let expected: [&[&str]; 4] = [
        &["signet", "keys", "list"],
        &["jq", ".[] | x"],
        &["umask", "077"],
        &["signet", ""],
    ];
    assert_eq!(commands(lines), expected);
}
