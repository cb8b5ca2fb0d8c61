/* The baseline E: the least that an ncurses program can be. Any key ends it. */
#include <curses.h>
#include <locale.h>

int main(void)
{
    (void)setlocale(LC_ALL, "");
    if (!newterm(NULL, stdout, stdin))
        return 1;
    (void)raw();
    (void)noecho();
    (void)keypad(stdscr, TRUE);
    (void)mvaddstr(0, 0, "ready");
    (void)refresh();
    (void)getch();
    (void)endwin();
    return 0;
}
