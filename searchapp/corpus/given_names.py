"""Given names that people who write German articles have, to tell two persons from one office."""

from __future__ import annotations

GIVEN_NAMES = frozenset(
    """
    Achim Adam Adele Adelheid Adem Adi Adolf Adrian Adriana Agata Agnes Agnieszka Ahmad Ahmed Ahmet
    Aida Aileen Aisha Alan Alba Albert Albrecht Aleksandar Aleksandra Aleksej Alena Alessandra
    Alessandro Alessia Alex Alexander Alexandra Alexej Alexis Aleyna Alfons Alfred Ali Alice Alicia
    Alina Alisa Alma Almut Alois Aloys Alwin Amalia Amelie Amina Amir Amira Amy Ana Anastasia
    Anatol Anders Andi Andre Andrea Andreas Andreea Andrej Andrew Andri Andrzej André Andy Anette
    Angela Angelika Angelina Anika Anita Anja Anke Ann Anna Annabell Annalena Annchristin Anne
    Annegret Annekatrin Anneke Annelie Annelies Anneliese Annelore Annemarie Annett Annette Anni
    Annika Ansgar Antje Anton Antonia Antonio Antonius Arben Ariane Arif Arjun Armin Arnd Arndt
    Arne Arno Arnold Arnulf Arthur Artur Astrid Athanasios Attila August Auguste Aurelia Axel Ayhan
    Aylin Ayse Ayşe Aziz Babette Barbara Bartholomäus Basil Bastian Beat Beata Beate Beatrice
    Beatrix Beatus Ben Benedict Benedikt Benjamin Benno Benny Berit Berna Bernadette Bernd Berndt
    Bernhard Bernward Bert Berta Berthold Bertold Bertram Besnik Bettina Bianca Bijan Bilal Birgit
    Birgitt Birgitta Birte Birthe Bjarne Björn Bo Bob Bodo Bogdan Boris Botho Brian Brigitta
    Brigitte Britta Brunhilde Bruno Burak Burgi Burkhard Burkhardt Bärbel Bülent Cafer Cahit Cajus
    Can Canan Cansu Caren Carina Carl Carla Carlo Carlos Carmen Carola Carolin Carolina Caroline
    Carsten Caspar Catarina Catharina Catherine Cathrin Celina Cem Chantal Charles Charlotte Chiara
    Chloe Chris Christa Christel Christian Christiane Christin Christina Christine Christof
    Christoph Christopher Cigdem Claire Clara Claudia Claudius Claus Clemens Conny Conrad
    Constantin Constanze Cord Cordula Corina Corinna Corinne Cornelia Cornelie Cornelius Cristian
    Cyril Dagmar Dana Daniel Daniela Daniele Danuta Daria Dario Darius Dave David Debora Deborah
    Dejan Delia Denis Denise Deniz Dennis Derya Detlef Detlev Diana Diane Didem Diedrich Diego
    Diemut Dieter Dietlind Dietmar Dietrich Dilara Dilek Dimitar Dimitri Dimitrios Dinah Dirk
    Dmitri Dmitrij Dominic Dominik Dominique Donald Donata Dora Doreen Dorian Doris Dorota Dorothea
    Dorothee Dorothée Dorte Dragan Dunja Dörte Eberhard Eckart Eckhard Eckhardt Eckhart Edda
    Edeltraud Edgar Edith Edmund Eduard Edward Edwin Edzard Egbert Egon Ehrenfried Eike Ekaterina
    Ekkehard Ekrem Elena Eleni Eleonore Elfi Elfriede Elias Elif Elina Elisa Elisabeth Elise
    Elizabeth Elke Ella Ellen Elli Elmar Elsa Elsbeth Else Elvira Emanuel Emel Emil Emilia Emilie
    Emily Emine Emma Emmanuel Emmi Emre Engelbert Enno Enrico Ercan Erdal Erdmann Erhan Erhard Eric
    Erich Erik Erika Erkan Erna Ernst Erwin Esma Esra Esther Etienne Eugen Eva Evelin Evelyn Evi
    Ewa Ewald Ewelina Fabian Fabienne Fabio Falk Falko Faruk Fatih Fatima Fatma Fatmir Felicia
    Felicitas Felix Ferdi Ferdinand Ferdy Ferenc Fernando Ferry Filip Filiz Finn Fiona Flavia
    Florence Florentin Florentine Florian Flurin Frances Francesca Francesco Francis Francisco
    Frank Franka Franz Franziska Frauke Fred Freddy Frederic Frederick Frederik Frederike Fredy
    Freia Freya Frida Frieda Friedbert Friedegard Friedel Friedemann Friederike Friedhelm Friedrich
    Frithjof Fritz Gabi Gabor Gabriel Gabriela Gabriele Gaby Gary Gebhard Geert Geo Georg George
    Georgia Georgios Gerald Geraldine Gerd Gerda Gereon Gerhard Gerhart Gerhild Gerlinde Gernot
    Gero Gerold Gerrit Gert Gerta Gertraud Gertrud Gesa Gesche Gesine Gian Gideon Giovanni Gisbert
    Gisela Gitta Gitte Giulia Giuseppe Gloria Goran Gordon Gottfried Graham Gregor Greta Gretchen
    Grit Grzegorz Gudrun Guido Gunda Gundula Gunnar Gunter Gunther Gustav Gyde György Gökay Gökhan
    Gönül Götz Gülay Gülsen Günter Günther Hadwig Hagen Hajo Hakan Halil Halina Hamid Hanna Hannah
    Hannelore Hannes Hanno Hanns Hans Hansi Hansjörg Hansjürgen Harald Hardy Harry Hartmut Hartwig
    Harun Hasan Hassan Hatice Hauke Hedda Hedi Hedwig Heide Heidemarie Heidi Heidrun Heike Heiko
    Heiner Heino Heinrich Heinrike Heinz Hela Helen Helena Helene Helga Helge Hella Hellmut Helmut
    Helmuth Hendrik Henning Henri Henriette Henrik Henrike Henry Herbert Heribert Herma Hermann
    Hermine Herta Hertha Hilda Hilde Hildegard Hille Hilmar Hiltrud Hinrich Holger Horst Hubert
    Hubertus Hugo Hussein Hülya Hüseyin Ian Ibrahim Ida Ignaz Igor Ilja Ilka Ilker Ilona Ilse Ilya
    Imke Immanuel Imre Ina Ines Inga Inge Ingeborg Ingela Ingmar Ingo Ingolf Ingrid Ioana Irena
    Irene Irina Iris Irma Irmela Irmgard Irmtraud Isa Isaac Isabel Isabell Isabella Isabelle Ismail
    István Ivan Ivana Ivaylo Ivo Iwan Jaap Jacek Jack Jacob Jacqueline Jakob Jamal James Jan Jana
    Jane Janet Janette Janick Janin Janina Janine Janis Jann Janna Janne Jannik Jannis Janosch
    Jaqueline Jaroslav Jarosław Jasmin Jasmina Jason Jasper Javier Jean Jeanette Jeannette Jeannine
    Jeff Jelena Jendrik Jennifer Jenny Jens Jeremias Jerzy Jessica Jessika Jesus Jill Jim Jiří Jo
    Joachim Joan Joana Jochem Jochen Joe Joel Johan Johann Johanna Johannes John Johnny Jolanda
    Jolanta Jon Jona Jonas Jonathan Jonna Joost Jordan Jorge Jorinde Joschka Josef Josefine Joseph
    Josepha Josephine Joshua Jost Josua Juan Judith Jule Jules Julia Julian Juliana Juliane Julie
    Juliette Julika Julius Juna Justin Justine Justus Jutta János Jérôme Jörg Jörn Jürg Jürgen
    Kadir Kai Kaja Kamal Kamil Karen Karim Karin Karina Karl Karla Karlheinz Karola Karolin
    Karolina Karoline Karsten Kaspar Katarina Katarzyna Kate Katharina Katherina Kathi Kathleen
    Kathrin Kati Katja Katrin Kay Kemal Kenan Kerem Kersten Kerstin Kevin Khaled Kilian Kim Kinga
    Kira Kirsten Kirstin Kjell Klaas Klara Klaudia Klaus Knud Knut Konrad Konstantin Konstantinos
    Konstanze Korbinian Kordula Kornelia Krista Kristian Kristin Kristina Kristine Krzysztof Kuno
    Kurt Käthe Köbi Lara Larissa Lars Lasse Laszlo Laura Laurence Laurent Laurenz Laurin Lea Leah
    Leander Leevke Lefteris Leif Leila Lena Leni Lennard Lennart Leo Leon Leonard Leonardo Leonhard
    Leonie Leonora Leonore Leopold Leopoldine Leszek Levent Levi Leyla Lia Lidia Liesel Lieselotte
    Lilian Liliane Lilith Lilli Lilly Lilo Lily Lina Linda Linn Linus Lisa Lisbeth Liselotte
    Lisette Liv Livia Liz Ljudmila Lore Lorena Lorenz Lothar Lotta Lotte Lou Louis Louisa Louise
    Lovis Luca Lucas Lucia Lucie Lucy Ludger Ludmila Ludolf Ludwig Luigi Luis Luisa Luise Luka
    Lukas Lukasz Luke Lutz Luzia Luzie Lydia Madeleine Magda Magdalena Magnus Mahmoud Mahmut Maik
    Maike Maja Malene Malgorzata Malin Malte Mandy Manfred Manja Manuel Manuela Mara Marc Marcel
    Marcella Marco Marcus Mareike Mareile Marek Maren Maret Marga Margareta Margarete Margarethe
    Margit Margitta Margot Margret Margrit Maria Mariam Marian Mariana Marianne Marie Mariele
    Marielle Marieluise Marietta Marija Marika Marina Mario Marion Marit Marita Marius Mariusz Mark
    Marko Markus Marla Marle Marlen Marlena Marlene Marlies Marliese Marlis Marta Marten Martha
    Martin Martina Martine Marvin Mary Maryam Marzena Mateusz Mathias Mathilda Mathilde Matilda
    Mats Matteo Matthew Matthias Matthis Matthäus Matti Mattia Mattias Maurice Max Maxi Maxim
    Maximilian Maxine Maya Mechthild Mehdi Mehmet Meike Meinhard Meinhild Meinolf Meinrad Melanie
    Melina Melissa Merle Merve Meryem Mesut Meta Metin Mia Micha Michael Michaela Michail Michal
    Michel Michele Michelle Miguel Mihai Mika Mike Mikhail Mila Milan Milena Milo Miloš Mina Minna
    Mira Miranda Mirco Miriam Mirja Mirjam Mirka Mirko Miroslav Mohamed Mohammad Mohammed Moira
    Momme Mona Monica Monika Monique Morgan Moritz Morten Muhammad Murat Muriel Mustafa Nabil Nadia
    Nadin Nadine Nadja Nancy Nasrin Natalia Natalie Natalja Natascha Nathalie Nathan Navid Nazan
    Neele Nele Nelly Nelson Nermin Nesrin Niccolò Nick Niclas Nico Nicola Nicolai Nicolas Nicolaus
    Nicole Nicolette Niels Nikita Niklas Niko Nikola Nikolai Nikolaj Nikolas Nikolaus Nikolay Nikos
    Nils Nilüfer Nina Nio Noah Noel Nora Norbert Norma Norman Nuri Oda Odette Okan Oksana Olaf Olav
    Ole Oleg Olena Olga Oliver Olivia Olivier Omar Omer Omid Ondřej Onur Orhan Ortrud Ortwin Osama
    Oscar Oskar Osman Oswald Otmar Ottavia Ottilie Ottmar Otto Pablo Paola Paolo Parisa Pascal
    Pascale Patricia Patrick Patrik Patrizia Paul Paula Paulina Pauline Paulus Pavel Pawel Pedro
    Peer Peggy Per Petar Peter Petr Petra Petrus Phil Philip Philipp Philippa Pia Pierre Piet
    Pietro Pinar Piotr Pirmin Pjotr Plamen Poldi Polina Priska Quentin Quirin Rabea Rachel Radu
    Rafael Rafał Raffael Raffaela Raik Raimund Rainer Ralf Ralph Ramona Ramón Randolf Raoul Raphael
    Raphaela Rasmus Raul Rebecca Rebekka Regina Regine Regula Reiner Reinhard Reinhardt Reinhild
    Reinhold Remo Renata Renate Rene René Resi Reto Reza Ria Ricarda Ricardo Richard Rico Rieke
    Rike Rita Robert Roberta Roberto Robin Rocco Rochus Roger Roland Rolf Roma Roman Romana Romy
    Ron Ronald Ronan Ronja Ronny Rosa Rosalie Rosemarie Roswitha Rouven Roy Ruben Rudi Rudolf Ruedi
    Rune Rupert Ruprecht Ruth Rüdiger Sabina Sabine Sabrina Sahra Said Salih Salim Salome Sam
    Samantha Sami Samir Samira Samuel Sandra Sandro Sara Sarah Sascha Saskia Scarlett Scott Sean
    Sebastian Selim Selin Selina Selma Semih Sepp Seraina Serap Serdar Sereina Serge Sergei Sergej
    Sergio Serkan Sevda Severin Severine Sevgi Sevim Shirin Sibel Sibylle Sidney Siegbert Siegfried
    Sieglinde Siegmar Siegmund Siegrid Siegrun Sigi Sigmar Sigmund Sigrid Sigrun Silas Silja Silke
    Silvana Silvia Silvio Simon Simona Simone Sina Sinan Sinem Sissi Slavko Smilla Sofia Sofie
    Solveig Sonia Sonja Sonya Sophia Sophie Stan Stanislaw Stefan Stefania Stefanie Steffen Steffi
    Stella Stephan Stephanie Stephen Steve Steven Stine Stuart Sturmius Suleyman Susan Susann
    Susanna Susanne Suse Susi Svea Sven Svenja Svetlana Swantje Swen Swenja Sybille Sylke Sylvester
    Sylvia Sylvie Sönke Sören Sławomir Tabea Tadeusz Tamara Tamer Tamina Taner Tanja Tanya Tara
    Tarek Tarik Tariq Tarkan Tassilo Tatiana Tatjana Ted Telse Teresa Thea Thees Thekla Theo
    Theodor Theodora Theres Theresa Therese Theresia Thies Thilo Thomas Thoralf Thorben Thore
    Thorsten Thorwald Tiago Tido Tilda Tilde Till Tillmann Tilman Tilo Tim Timm Timo Timon Tina
    Tino Titus Tjark Tjorben Tobias Tom Tomas Tomasz Tomáš Toni Tony Toralf Torben Torge Torsten
    Traudl Traute Tristan Trude Tugba Tuğba Tyler Tülay Udo Ueli Ugur Ulf Uli Ulla Ulli Ullrich
    Ulrich Ulrik Ulrike Ulvi Undine Urban Urs Ursel Ursula Urszula Urte Uschi Uta Ute Uwe Uğur
    Valentin Valentina Valentine Valeria Valerie Valerio Vanessa Vera Verena Veronica Veronika
    Veronique Vicky Victor Victoria Viktor Viktoria Vincent Vinzent Vinzenz Viola Violetta Virginia
    Vitali Vivian Viviana Viviane Vivien Vlad Vladimir Volker Volkhard Volkmar Vreni Vroni Wadim
    Walburga Waldemar Walli Walter Walther Waltraud Waltraut Wanda Wassili Wencke Wendelin Wenke
    Wenzel Werner Wibke Wiebe Wiebke Wieland Wiktor Wilfried Wilfriede Wilhelm Wilhelmine Will
    Willi William Willibald Willy Wilma Winfried Winnie Wladimir Wolf Wolfgang Wolfhard Wolfhart
    Wolfram Wulf Xaver Xenia Yael Yannic Yannick Yannis Yasemin Yasin Yasmin Yolanda Youssef Yusuf
    Yvette Yvonne Yılmaz Zacharias Zafer Zbigniew Zdeněk Zehra Zenzi Zeynep Zita Zoe Zofia Zoltán
    Zoran Zoé Zuzana Ákos Çiğdem Ömer Özcan Özlem İsmail Łukasz
    """.split()
)
"""Written by hand from general knowledge. Add to them freely: an entry only has to be no common
beginning of a firm, an office or a place."""
